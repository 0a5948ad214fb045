import { useData } from "../data.ts";
import { moment } from "../time.ts";
import { w } from "../words.ts";
import { Notice } from "./notice.tsx";
import { Table } from "./table.tsx";

interface Entry {
  id: string;
  timestamp: string;
  actor: string;
  action: string;
  tenant: string | null;
  subject: string | null;
  address: string | null;
}

/** Who did what, newest first. */
export function Audit() {
  const { data, trouble, reload } = useData<Entry[]>("/v1/admin/audit?limit=50");
  return (
    <section class="stack" aria-labelledby="audit">
      <h2 id="audit">{w.audit.title}</h2>
      {trouble && <Notice trouble={trouble} retry={reload} />}
      <Table labelledby="audit" titles={[w.audit.when, w.audit.who, w.audit.what, w.audit.about, w.audit.from]}>
        {data?.map((entry) => (
          <tr key={entry.id}>
            <td>
              <time dateTime={entry.timestamp}>{moment(entry.timestamp)}</time>
            </td>
            <td>{entry.actor}</td>
            <td>{entry.action}</td>
            <td>{[entry.tenant, entry.subject].filter(Boolean).join("/")}</td>
            <td>{entry.address}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
