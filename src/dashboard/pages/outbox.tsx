import { may, who } from "../base/api.ts";
import { useCell } from "../base/cell.ts";
import { ofDevices, refresh, useData } from "../base/data.ts";
import { fleet } from "../base/fleet.ts";
import type { LiveEvent } from "../base/live.ts";
import { go, linkTo } from "../base/router.ts";
import { BulkList } from "../components/bulks.tsx";
import { DialogButton } from "../components/dialog.tsx";
import { Choice } from "../components/field.tsx";
import { Head } from "../components/head.tsx";
import { NewBulk } from "../components/new-bulk.tsx";
import { NewTable } from "../components/new-table.tsx";
import { Empty, ErrorNotice, Loading } from "../components/notice.tsx";
import { OutgoingList } from "../components/outgoing-list.tsx";
import { type DeviceJson, isLinked, nameOf } from "../components/phase.tsx";
import { SendBox } from "../components/send-box.tsx";
import type { SectionProps } from "./section.ts";
import { w } from "../words/words.ts";

/** Where the address has the id of a device: all of every tenant. No device can be called so. */
const everybody = "*";

/** What was sent, and what is still to be: of one device, of all of a tenant, or of every tenant. */
export function OutboxPage({ rest: [place] }: SectionProps) {
  const { data: devices, error, reload } = useData<DeviceJson[]>("/v1/devices", ofDevices);
  const tenants = new Set(useCell(fleet)?.devices.map(({ tenant }) => tenant));
  const linked = devices?.filter(isLinked) ?? [];
  const isEverybody = place === everybody && who.value?.admin === true;
  const one = place === undefined || place === everybody ? (linked.length === 1 ? linked[0]?.device_id : null) : place;
  const device = isEverybody ? null : one;
  const places = [
    ...(tenants.size > 1 || isEverybody ? [[everybody, w.overview.everyTenant] as const] : []),
    ...(linked.length > 1 ? [["", w.webhooks.all] as const] : []),
    ...linked.map((each) => [each.device_id, nameOf(each)] as const),
  ];
  return (
    <div class="stack wide">
      <Head title={w.sections.outbox} lead={w.outbox.lead}>
        {places.length > 1 && (
          <Choice
            label={w.chats.device}
            value={isEverybody ? everybody : (device ?? "")}
            onValue={(id) => (id === "" ? go("outbox") : go("outbox", id))}
            options={places}
          />
        )}
      </Head>
      {error && <ErrorNotice error={error} retry={reload} />}
      {!devices && !error && <Loading />}
      {devices && !isEverybody && linked.length === 0 && place === undefined ? (
        <Empty icon="outbox">
          <p>{w.chats.noDevice}</p>
          <a class="button main" href={linkTo("start")}>
            {w.devices.link}
          </a>
        </Empty>
      ) : (
        devices && <Outgoing key={isEverybody ? everybody : device} isEverybody={isEverybody} device={device ?? null} />
      )}
    </div>
  );
}

interface OutgoingProps {
  isEverybody: boolean;
  /** Null is every device. */
  device: string | null;
}

function Outgoing({ isEverybody, device }: OutgoingProps) {
  const common = { by: "state", states, none: w.outbox.none } as const;
  if (isEverybody) return <OutgoingList {...common} device={null} path="/v1/admin/messages" touched={null} />;
  if (device === null) return <OutgoingList {...common} device={null} path="/v1/messages" touched={ofMessages} />;
  return (
    <OutgoingList
      {...common}
      device={device}
      path={messagesOf(device)}
      touched={ofMessages}
      tools={may("send") && <Sending device={device} />}
    >
      <BulkList device={device} />
    </OutgoingList>
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
