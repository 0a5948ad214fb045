import { isDeliveryKind } from "../../queue/record.ts";
import type { Verdict } from "../../queue/mailbox.ts";
import type { Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";

/** A client's `ack`, which settles what it names (with `error`: refuses it). */
export function acknowledged(connection: DeviceConnection, ack: Stanza): void {
  const { id = "", to, class: kind = "", type, error, participant, recipient } = ack.attrs;
  if (connection.expectedAcks.delete(id)) return; // of a pairing notification, outside any mailbox
  if (!connection.device || !isDeliveryKind(kind)) return connection.complain("acknowledged something unknown", ack);
  const answer = { how: "ack", kind, id, from: to, participant, recipient, type } as const;
  judgeStanza(
    connection,
    connection.device.mailbox.ack(answer, error),
    "acknowledged what was not delivered to it",
    ack,
  );
}

/** Tells the client's mistake, if its answer was one; whether it was taken. */
export function judgeStanza(connection: DeviceConnection, verdict: Verdict, unknown: string, answer: Stanza): boolean {
  if (verdict.kind === "wrong") connection.complain(`settles nothing, since its answer ${verdict.reason}`, answer);
  if (verdict.kind === "unknown") connection.complain(unknown, answer);
  return verdict.kind === "taken";
}
