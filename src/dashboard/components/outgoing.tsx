import { request, may } from "../base/api.ts";
import { ago } from "../base/time.ts";
import { fill, w } from "../words/words.ts";
import { ConfirmButton } from "./confirm.tsx";
import { summaryOf } from "./conversation.ts";
import { type MessageJson, StatusBadge, releaseOf } from "./message.tsx";

interface OutgoingProps {
  message: MessageJson;
  /** Whom it goes to. */
  whom: string;
  device: string;
  reload: () => void;
}

/** One message, and what can still be done about it. */
export function OutgoingRow({ message, whom, device, reload }: OutgoingProps) {
  const { message_id, status, content, error, created_at, sent_at } = message;
  const act = (verb: string) => async () => {
    await request("POST", `/v1/devices/${encodeURIComponent(device)}/messages/${message_id}/${verb}`);
    reload();
  };
  const waits = status === "waiting";
  const name = `${whom}: ${summaryOf(content)}`;
  return (
    <li class="stack">
      <div class="row wide">
        <StatusBadge status={status} />
        <strong class="figures">{whom}</strong>
        <span class="gist grow">{summaryOf(content)}</span>
        <time class="dim small">{ago(sent_at ?? created_at)}</time>
      </div>
      {waits && <p class="small">{releaseOf(message)}</p>}
      {status === "failed" && <p class="small warn">{fill(w.outbox.failed, { error: error ?? "" })}</p>}
      {may("send") && (waits || status === "queued") && (
        <div class="row">
          {waits && (
            <ConfirmButton
              kind="plain"
              label={`${w.outbox.release}: ${name}`}
              question={w.outbox.releaseAsk}
              consequence={message.reason === "scheduled" ? w.outbox.releaseEarly : w.outbox.releaseMeans}
              yes={w.outbox.release}
              act={act("release")}
            >
              {w.outbox.release}
            </ConfirmButton>
          )}
          <ConfirmButton
            label={`${w.outbox.cancel}: ${name}`}
            question={w.outbox.cancelAsk}
            consequence={name}
            yes={w.outbox.cancel}
            act={act("cancel")}
          >
            {w.outbox.cancel}
          </ConfirmButton>
        </div>
      )}
    </li>
  );
}
