import { useEffect, useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { Choice } from "./field.tsx";
import { Form } from "./form.tsx";
import { MadeKey } from "./made-key.tsx";

/** How long the old one may go on, seconds. */
const overlaps = ["0", "3600", "86400", "604800"] as const;

/** Makes another key in the place of one, and shows it this once. */
export function RotateKey({ id, reload, close }: { id: string; reload: () => void; close: () => void }) {
  const [overlap, setOverlap] = useState("86400");
  const [made, setMade] = useState<string | null>(null);
  const rotate = async () => {
    const path = `/v1/admin/keys/${encodeURIComponent(id)}/rotate`;
    setMade((await request<{ key: string }>("POST", path, { overlap: Number(overlap) })).data.key);
  };
  // Not before it was read: a key that ends at once takes its row along, and this dialog with it.
  useEffect(() => (made === null ? undefined : reload), [made]);
  if (made !== null) return <MadeKey text={made} />;
  return (
    <Form act={rotate} submit={w.keys.rotate} kind="main" onCancel={close}>
      <p>{w.keys.rotateMeans}</p>
      <Choice
        label={w.keys.overlap}
        value={overlap}
        onValue={setOverlap}
        options={overlaps.map((each) => [each, w.keys.overlaps[each]])}
      />
    </Form>
  );
}
