import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { localTime } from "../base/time.ts";
import { fill, w } from "../words/words.ts";
import { Choice, TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import { Good } from "./notice.tsx";

const which = ["dead", "all", "missing"] as const;
const asked = {
  dead: { status: ["dead"] },
  all: { status: ["dead", "delivered"] },
  missing: { status: ["dead"], missing: true },
};

/** Makes deliveries of a span of time again. */
export function RedeliverRange({ webhook, close, done }: { webhook: string; close: () => void; done: () => void }) {
  const [since, setSince] = useState(localTime(Date.now() - 86_400_000));
  const [until, setUntil] = useState("");
  const [kind, setKind] = useState<(typeof which)[number]>("dead");
  const [count, setCount] = useState<number | null>(null);
  const send = async () => {
    const seconds = (text: string) => Math.floor(new Date(text).getTime() / 1_000);
    const range = { since: seconds(since), ...(until === "" ? {} : { until: seconds(until) }), ...asked[kind] };
    const { data } = await request<{ count: number }>("POST", `/v1/webhooks/${webhook}/redeliver`, range);
    setCount(data.count);
    done();
  };
  return (
    <Form act={send} submit={w.deliveries.redeliver} kind="main" onCancel={close}>
      <TextField label={w.deliveries.since} type="datetime-local" value={since} onValue={setSince} required />
      <TextField
        label={w.deliveries.until}
        hint={w.deliveries.untilHint}
        type="datetime-local"
        value={until}
        onValue={setUntil}
      />
      <Choice
        label={w.deliveries.which}
        value={kind}
        onValue={(value) => setKind(which.find((each) => each === value) ?? "dead")}
        options={which.map((each) => [each, w.deliveries.kinds[each]])}
      />
      {count !== null && <Good>{fill(w.deliveries.again, { count })}</Good>}
    </Form>
  );
}
