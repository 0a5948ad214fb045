import { useCallback } from "preact/hooks";
import type { LiveEvent } from "../base/live.ts";
import { w } from "../words/words.ts";
import { OutgoingList } from "./outgoing-list.tsx";

const states = Object.keys(w.send.states);

/** The messages of the bulk at `path`, in the order they were given. */
export function BulkMessages({ device, path, bulk }: { device: string; path: string; bulk: string }) {
  const touched = useCallback(({ data }: LiveEvent) => data["bulk_id"] === bulk, [bulk]);
  return (
    <OutgoingList
      device={device}
      path={`${path}/messages`}
      by="status"
      states={states}
      touched={touched}
      none={w.outbox.none}
    />
  );
}
