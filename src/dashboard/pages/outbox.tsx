import { may } from "../base/api.ts";
import { refresh } from "../base/data.ts";
import type { LiveEvent } from "../base/live.ts";
import { BulkList } from "../components/bulks.tsx";
import { ChosenDevice } from "../components/chosen-device.tsx";
import { DialogButton } from "../components/dialog.tsx";
import { NewBulk } from "../components/new-bulk.tsx";
import { NewTable } from "../components/new-table.tsx";
import { OutgoingList } from "../components/outgoing-list.tsx";
import { SendBox } from "../components/send-box.tsx";
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
