import { request, may } from "../base/api.ts";
import { actingTenant } from "../base/router.ts";
import { ago, dateTime } from "../base/time.ts";
import { w } from "../words/words.ts";
import { ActButton } from "./button.tsx";
import { ConfirmButton } from "./confirm.tsx";
import { summaryOf } from "./conversation.ts";
import { Formatted } from "./formatted.tsx";
import { type MessageJson, StatusBadge, releaseOf, whyFailed } from "./message.tsx";

interface OutgoingProps {
  message: MessageJson;
  /** Whom it goes to. */
  whom: string;
  /** Null where the message says of which it is. */
  device: string | null;
  reload: () => void;
}

/** One message, and what can still be done about it. */
export function OutgoingRow({ message, whom, device, reload }: OutgoingProps) {
  const { status, content, created_at, sent_at } = message;
  const at = sent_at ?? created_at;
  return (
    <li>
      <div class="row wide">
        <StatusBadge status={status} />
        {device === null && <span class="tag">{[message.tenant, message.device_id].filter(Boolean).join(" / ")}</span>}
        <strong class="figures">{whom}</strong>
        <span class="gist grow">
          <Formatted text={summaryOf(content)} />
        </span>
        <time class="dim small" title={dateTime(at)}>
          {ago(at)}
        </time>
        {may("send") && (isOpen(status) || isOver(status)) && (
          <Acts message={message} whom={whom} device={device} reload={reload} />
        )}
      </div>
      {status === "waiting" && <p class="dim small">{releaseOf(message)}</p>}
      {status === "failed" && <p class="small warn">{whyFailed(message)}</p>}
    </li>
  );
}

const isOpen = (status: string): boolean => status === "waiting" || status === "queued";
const isOver = (status: string): boolean => status === "failed" || status === "cancelled";

function Acts({ message, whom, device, reload }: OutgoingProps) {
  const { message_id, status, reason, content, device_id, tenant } = message;
  const path = `/v1/devices/${encodeURIComponent(device ?? device_id ?? "")}/messages/${message_id}`;
  const act = (verb: string) => async () => {
    await request("POST", `${path}/${verb}`, undefined, tenant ?? actingTenant.value);
    reload();
  };
  const name = `${whom}: ${summaryOf(content)}`;
  return (
    <div class="row acts-of">
      {status === "waiting" && (
        <ConfirmButton
          kind="plain"
          label={`${w.outbox.release}: ${name}`}
          question={w.outbox.releaseAsk}
          consequence={reason === "scheduled" ? w.outbox.releaseEarly : w.outbox.releaseMeans}
          yes={w.outbox.release}
          act={act("release")}
        >
          {w.outbox.release}
        </ConfirmButton>
      )}
      {isOpen(status) && (
        <ConfirmButton
          label={`${w.outbox.cancel}: ${name}`}
          question={w.outbox.cancelAsk}
          consequence={name}
          yes={w.outbox.cancel}
          act={act("cancel")}
        >
          {w.outbox.cancel}
        </ConfirmButton>
      )}
      {isOver(status) && (
        <ActButton label={`${w.outbox.retry}: ${name}`} act={act("retry")}>
          {w.outbox.retry}
        </ActButton>
      )}
    </div>
  );
}
