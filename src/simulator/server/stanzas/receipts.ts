import { isReceiptType } from "../../base/events.ts";
import { answerMediaRetry } from "../../media/retry.ts";
import { child, children, el, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { judgeStanza } from "./acks.ts";
import { forwardReceipt } from "./forward.ts";

/** A client's receipt: the server acknowledges it, settles the message and tells whoever sent it. */
export function clientReceipt(connection: DeviceConnection, receipt: Stanza): void {
  const { device } = connection;
  const { id = "", to, participant, recipient, type, context } = receipt.attrs;
  if (!device) return;
  connection.send(el("ack", { class: "receipt", id, from: to ?? recipient, type, participant, recipient }));
  if (child(receipt, "offer")) return; // it rings; WhatsApp Web says so
  if (type === "view") return viewed(connection, receipt);
  const kind = type ?? "delivery";
  if (!isReceiptType(kind)) return connection.complain("sent a receipt of unknown type", receipt);
  if (kind === "server-error") {
    const wrong = answerMediaRetry(connection.network, device, receipt);
    if (wrong) connection.complain(wrong, receipt);
    return;
  }
  const ids = [id, ...children(child(receipt, "list"), "item").map((item) => item.attrs["id"] ?? "")];
  if (connection.network.options.strict) checkLimits(connection, receipt, ids.length);
  for (const one of ids) {
    const answer = {
      how: "receipt",
      kind: "message",
      id: one,
      from: to,
      participant,
      recipient,
      type,
      context,
    } as const;
    const unknown = `sent a receipt for ${one}, which it never got`;
    judgeStanza(connection, device.mailbox.receipt(answer, kind), unknown, receipt);
  }
  forwardReceipt(connection.network, device, receipt, kind);
}

const MOST_IDS = 256;
const MOST_RETRIES = 5;

/** What no client of WhatsApp's own goes beyond (whatsapp-rust receipt.rs, whatsmeow retry.go, 2026-08). */
function checkLimits(connection: DeviceConnection, receipt: Stanza, ids: number): void {
  if (ids > MOST_IDS) connection.complain(`sent one receipt for ${ids} messages, at most ${MOST_IDS}`, receipt);
  const count = Number(child(receipt, "retry")?.attrs["count"] ?? "0");
  if (count > MOST_RETRIES) connection.complain(`asked for a message the ${count}th time`, receipt);
}

/** Posts of a channel that somebody has seen, by their numbers (whatsmeow newsletter.go:50, 2026-08). */
function viewed(connection: DeviceConnection, receipt: Stanza): void {
  const { channels } = connection.network;
  const channel = channels.get(receipt.attrs["to"]);
  for (const { attrs } of children(child(receipt, "list"), "item")) {
    const post = channel?.numbered(attrs["server_id"]);
    if (channel && post) channels.view(channel, post, 1);
    else connection.complain(`has seen post ${attrs["server_id"]}, which is none`, receipt);
  }
}
