import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useChanges } from "../base/changes.ts";
import { useData } from "../base/data.ts";
import { useOlder } from "../base/older.ts";
import type { LiveEvent } from "../base/live.ts";
import { w, wordFor } from "../words/words.ts";
import { Button } from "./button.tsx";
import { shortOf, useNames } from "./conversation.ts";
import { Choice } from "./field.tsx";
import { type MessageJson, idOf, nextOf } from "./message.tsx";
import { Empty, Loading, ErrorNotice } from "./notice.tsx";
import { OutgoingRow } from "./outgoing.tsx";

const size = 100;

interface OutgoingListProps {
  /** Null where the messages are of many, and say of which. */
  device: string | null;
  /** Where its messages are. */
  path: string;
  /** What the list calls a state in its query, and the states it knows. */
  by: "state" | "status";
  states: readonly string[];
  /** The events after which it is another; null where it is of every tenant, whose events come by another way. */
  touched: ((event: LiveEvent) => boolean) | null;
  /** What is said where there is nothing at all. */
  none: string;
  /** Beside the choice of a state. */
  tools?: ComponentChildren;
  /** Above the list. */
  children?: ComponentChildren;
}

/** Messages that were sent or are to be, all of them or those in one state. */
export function OutgoingList({ device, path, by, states, touched, none, tools, children }: OutgoingListProps) {
  const [state, setState] = useState("");
  const list = `${path}?limit=${size}${state === "" ? "" : `&${by}=${state}`}`;
  const loaded = useData<MessageJson[]>(list, touched ?? undefined);
  const { data, error, reload } = loaded;
  useChanges(touched === null ? "outgoing" : null, reload);
  const { older, more, error: olderTrouble } = useOlder(list, loaded, { by: "cursor", nextOf, size, idOf });
  const names = useNames(device);
  const options = states.map((each): [string, string] => [each, wordFor(w.send.states, each)]);
  return (
    <>
      <div class="toolbar">
        <Choice label={w.outbox.state} value={state} onValue={setState} options={[["", w.events.all], ...options]} />
        {tools}
      </div>
      {children}
      {error && <ErrorNotice error={error} retry={reload} />}
      {olderTrouble && <ErrorNotice error={olderTrouble} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && <Empty icon="outbox">{state === "" ? none : w.nothingFound}</Empty>}
      <ul class="list dense">
        {[...(data ?? []), ...older].map((message) => (
          <OutgoingRow
            key={message.message_id}
            message={message}
            whom={names.get(message.to) ?? shortOf(message.to)}
            device={device}
            reload={reload}
          />
        ))}
      </ul>
      {more && (
        <div class="row">
          <Button onClick={more}>{w.more}</Button>
        </div>
      )}
    </>
  );
}
