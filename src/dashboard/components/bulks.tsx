import type { ApiAnswer } from "../base/api.ts";
import { useData } from "../base/data.ts";
import { useOlder } from "../base/older.ts";
import type { LiveEvent } from "../base/live.ts";
import { w } from "../words/words.ts";
import { type BulkJson, OneBulk, bulksOf } from "./bulk.tsx";
import { Button } from "./button.tsx";
import { ErrorNotice } from "./notice.tsx";

const size = 5;
const ofBulks = ({ type }: LiveEvent): boolean => type.startsWith("bulk.");
const idOf = ({ bulk_id }: BulkJson): string => bulk_id;
const nextOf = ({ cursor }: ApiAnswer<BulkJson[]>) => cursor;

/** How those that were handed over at once get on. Nothing is shown where there were none. */
export function BulkList({ device }: { device: string }) {
  const list = `${bulksOf(device)}?limit=${size}`;
  const loaded = useData<BulkJson[]>(list, ofBulks);
  const { data, error, reload } = loaded;
  const { older, more, error: olderTrouble } = useOlder(list, loaded, { by: "cursor", nextOf, size, idOf });
  if (error) return <ErrorNotice error={error} retry={reload} />;
  if (!data || data.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="bulks">
      <h2 id="bulks">{w.bulk.title}</h2>
      <ul class="list">
        {[...data, ...older].map((bulk) => (
          <OneBulk key={bulk.bulk_id} bulk={bulk} device={device} reload={reload} />
        ))}
      </ul>
      {olderTrouble && <ErrorNotice error={olderTrouble} />}
      {more && (
        <div class="row">
          <Button onClick={more} label={`${w.more}: ${w.bulk.title}`}>
            {w.more}
          </Button>
        </div>
      )}
    </section>
  );
}
