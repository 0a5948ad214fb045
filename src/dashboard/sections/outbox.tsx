import { may } from "../base/api.ts";
import { refresh } from "../base/data.ts";
import type { LiveEvent } from "../base/live.ts";
import { BulkList } from "../parts/bulks.tsx";
import { ChosenDevice } from "../parts/chosen-device.tsx";
import { DialogButton } from "../parts/dialog.tsx";
import { NewBulk } from "../parts/new-bulk.tsx";
import { NewTable } from "../parts/new-table.tsx";
import { OutgoingList } from "../parts/outgoing-list.tsx";
import { SendBox } from "../parts/send-box.tsx";
import type { SectionProps } from "./section.ts";
import { w } from "../words/words.ts";

/** What was sent, and what is still to be: queued, waiting with its reason, or for later. */
export function OutboxPage({ rest: [device] }: SectionProps) {
  return (
    <ChosenDevice section="outbox" icon="outbox" lead={w.outbox.lead} device={device}>
      {(chosen) => (
        <OutgoingList
          key={chosen}
          device={chosen}
          path={messagesOf(chosen)}
          by="state"
          states={states}
          touched={ofMessages}
          none={w.outbox.none}
          tools={may("send") && <Sending device={chosen} />}
        >
          <BulkList device={chosen} />
        </OutgoingList>
      )}
    </ChosenDevice>
  );
}

const messagesOf = (device: string): string => `/v1/devices/${encodeURIComponent(device)}/messages`;
const states = ["waiting", "queued", "sending", "sent", "failed", "cancelled"];
const ofMessages = ({ type }: LiveEvent): boolean => type.startsWith("message.") && type !== "message.received";

const Sending = ({ device }: { device: string }) => (
  <>
    <DialogButton icon="plus" says={w.send.title} title={w.send.title}>
      {() => <SendBox device={device} later onSent={() => refresh(messagesOf(device))} />}
    </DialogButton>
    <DialogButton says={w.bulk.make} title={w.bulk.make}>
      {(close) => <NewBulk device={device} close={close} />}
    </DialogButton>
    <DialogButton says={w.bulk.makeTable} title={w.bulk.makeTable}>
      {(close) => <NewTable device={device} close={close} />}
    </DialogButton>
  </>
);
