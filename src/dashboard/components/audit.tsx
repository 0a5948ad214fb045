import type { ApiAnswer } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { useOlder } from "../base/older.ts";
import { dateTime } from "../base/time.ts";
import { w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { ErrorNotice } from "./notice.tsx";
import { DataTable } from "./table.tsx";
import type { Schemas } from "../base/schemas.ts";

type Entry = Schemas["AuditEntry"];

const path = "/v1/admin/audit?limit=50";
const idOf = ({ id }: Entry): string => id;
const nextOf = ({ data }: ApiAnswer<Entry[]>) => data.at(-1)?.id;

/** Who did what, newest first. */
export function AuditList() {
  const loaded = useData<Entry[]>(path);
  const { data = [], error, reload } = loaded;
  const { older, more, error: olderTrouble } = useOlder(path, loaded, { by: "before", nextOf, size: 50, idOf });
  return (
    <section class="stack" aria-labelledby="audit">
      <h2 id="audit">{w.audit.title}</h2>
      {error && <ErrorNotice error={error} retry={reload} />}
      <DataTable labelledby="audit" titles={[w.audit.when, w.audit.who, w.audit.what, w.audit.about, w.audit.from]}>
        {[...data, ...older].map((entry) => (
          <tr key={entry.id}>
            <td>
              <time dateTime={entry.timestamp}>{dateTime(entry.timestamp)}</time>
            </td>
            <td title={entry.actor}>{entry.actor_name ?? entry.actor}</td>
            <td>{entry.action}</td>
            <td>{[entry.tenant, entry.subject].filter(Boolean).join("/")}</td>
            <td>{entry.address}</td>
          </tr>
        ))}
      </DataTable>
      {olderTrouble && <ErrorNotice error={olderTrouble} />}
      {more && (
        <div class="row">
          <Button onClick={more}>{w.more}</Button>
        </div>
      )}
    </section>
  );
}
