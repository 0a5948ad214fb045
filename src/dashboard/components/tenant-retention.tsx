import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { useData } from "../base/data.ts";
import type { Schemas } from "../base/schemas.ts";
import { w } from "../words/words.ts";
import { Choice, TextField } from "./field.tsx";
import { Form } from "./form.tsx";

type Kept = Schemas["TenantRetention"];

/** How long a tenant keeps what it has. */
export function TenantRetention({ path, name }: { path: string; name: string }) {
  const { data } = useData<Kept>(`${path}/retention`);
  return data && <RetentionForm path={`${path}/retention`} name={name} kept={data} />;
}

const shown = (days: number | null): string => (days === null ? "" : String(days));
const asked = (days: string): number | null => (days === "" ? null : Number(days));

function RetentionForm({ path, name, kept }: { path: string; name: string; kept: Kept }) {
  const [events, setEvents] = useState(shown(kept.event_days));
  const [history, setHistory] = useState(shown(kept.history_days));
  const [contents, setContents] = useState<string>(kept.contents);
  const save = () => request("PATCH", path, { event_days: asked(events), history_days: asked(history), contents });
  const words = w.tenants.retention;
  return (
    <Form act={save} submit={w.save} label={`${words.title}: ${name}`} saves>
      <TextField label={words.events} type="number" value={events} onValue={setEvents} placeholder={words.usual} />
      <TextField label={words.history} type="number" value={history} onValue={setHistory} placeholder={words.usual} />
      <Choice
        label={words.contents}
        hint={words.contentsHint}
        value={contents}
        onValue={setContents}
        options={[
          ["keep", words.keep],
          ["until_delivered", words.untilDelivered],
        ]}
      />
    </Form>
  );
}
