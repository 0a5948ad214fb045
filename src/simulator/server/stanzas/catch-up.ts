import type { LinkedDevice } from "../../accounts/linked-device.ts";
import { welcome } from "../../people/welcome.ts";
import { SERVER } from "../../wire/address.ts";
import { child, el, type Stanza } from "../../wire/stanza.ts";
import type { Connection } from "../../network/connection.ts";

/** `ib` from a client: it asks for its offline queue, or reports on itself. */
export function informationBit(connection: Connection, ib: Stanza): void {
  if (child(ib, "unified_session")) return; // telemetry
  const { device } = connection;
  if (child(ib, "offline_batch") && device) return deliverQueue(connection, device);
  connection.complain("sent an ib the server does not know", ib);
}

/**
 * After `passive active`: how much waits. A client answers with `offline_batch`; one that does not ask (whatsmeow, as of
 * 2026-08) gets its queue all the same, a while later.
 */
export function announceQueue(connection: Connection, device: LinkedDevice): void {
  const { mailbox } = device;
  const preview = {
    count: String(mailbox.count()),
    appdata: "0",
    message: String(mailbox.count("message")),
    notification: String(mailbox.count("notification")),
    receipt: String(mailbox.count("receipt")),
    call: String(mailbox.count("call")),
  };
  connection.send(el("ib", { from: SERVER }, [el("offline_preview", preview)]));
  const push = setTimeout(() => deliverQueue(connection, device), connection.network.options.unaskedQueueMs).unref();
  connection.onClose(() => clearTimeout(push));
}

// A client asks once, with count 100, whatever the queue's length; so the whole queue goes out at once.
function deliverQueue(connection: Connection, device: LinkedDevice): void {
  const { network } = connection;
  if (device.mailbox.isLive) return; // it has the queue already
  const count = device.mailbox.release();
  connection.send(el("ib", { from: SERVER }, [el("offline", { count: String(count) })]));
  connection.send(el("ib", { from: SERVER }, [el("dirty", { type: "account_sync", timestamp: network.now })]));
  network.events.emit({ type: "device.caught-up", device: device.jid(), offline: count });
  if (device.settled) return;
  device.settled = true;
  if (network.groups.of(device.user).length > 0) {
    connection.send(el("ib", { from: SERVER }, [el("dirty", { type: "groups", timestamp: network.now })]));
  }
  if (network.options.historySync) welcome(network, device);
}
