import { isDeliveryKind } from "../../queue/record.ts";
import type { Stanza } from "../../wire/stanza.ts";
import type { Connection } from "../../network/connection.ts";

/** A client's `ack`, which settles what it names (with `error`: refuses it). */
export function acknowledged(connection: Connection, ack: Stanza): void {
  const { id = "", to, class: kind = "", type, error, participant } = ack.attrs;
  if (connection.expectedAcks.delete(id)) return; // of a pairing notification, outside any mailbox
  if (!connection.device || !isDeliveryKind(kind)) return connection.complain("acknowledged something unknown", ack);
  const reference = { kind, id, from: to, participant, type };
  if (!connection.device.mailbox.ack(reference, error)) {
    connection.complain("acknowledged what was not delivered to it", ack);
  }
}
