import type { LinkedDevice } from "../../accounts/linked-device.ts";
import { welcome } from "../../people/welcome.ts";
import { SERVER } from "../../wire/address.ts";
import { child, el, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";

/** How many stanzas come before the client has asked for any. */
const PRIMER = 5;

/** `ib` from a client: it asks for its offline queue, or reports on itself. */
export function informationBit(connection: DeviceConnection, ib: Stanza): void {
  if (child(ib, "unified_session")) return; // telemetry
  const { device } = connection;
  const batch = child(ib, "offline_batch");
  if (!batch || !device) return connection.complain("sent an ib the server does not know", ib);
  connection.hasPulled = true;
  const asked = Number(batch.attrs["count"]);
  if (!(asked > 0)) return connection.complain("asked for a batch of nothing", ib);
  const { queue, largestBatch } = connection.network.options;
  handOut(connection, device, queue === "whole" ? Number.POSITIVE_INFINITY : Math.min(asked, largestBatch));
}

/**
 * After `passive active`: how much waits. A client answers with `offline_batch`; one that does not ask (whatsmeow, as of
 * 2026-08) gets its queue all the same, a while later.
 */
export function announceQueue(connection: DeviceConnection, device: LinkedDevice): void {
  const { mailbox } = device;
  const { options, clock } = connection.network;
  const pulled = options.queue === "pulled";
  const preview = {
    count: String(mailbox.count()),
    appdata: "0",
    message: String(mailbox.count("message")),
    notification: String(mailbox.count("notification")),
    receipt: String(mailbox.count("receipt")),
    call: String(mailbox.count("call")),
    status: pulled ? String(mailbox.count("status")) : undefined,
  };
  connection.send(el("ib", { from: SERVER }, [el("offline_preview", preview)]));
  if (pulled) handOut(connection, device, PRIMER);
  if (pulled && options.extras) connection.send(el("ib", { from: SERVER }, [el("priority_offline_complete")]));
  const push = clock.after(options.unaskedQueueMs, () => {
    if (!connection.hasPulled) handOut(connection, device, Number.POSITIVE_INFINITY);
  });
  connection.onClose(() => push.cancel());
}

// What comes meanwhile waits behind the queue; with the last of it the device is live.
function handOut(connection: DeviceConnection, device: LinkedDevice, limit: number): void {
  const { network } = connection;
  if (device.mailbox.isLive || connection.closed) return; // it has the queue already
  const count = device.mailbox.handOut(limit);
  if (!device.mailbox.isLive && network.options.queue === "pulled") return;
  connection.send(el("ib", { from: SERVER }, [el("offline", { count: String(count) })]));
  connection.send(el("ib", { from: SERVER }, [el("dirty", { type: "account_sync", timestamp: network.now })]));
  if (network.options.extras) connection.send(el("ib", { from: SERVER }, [el("thread_metadata")]));
  network.events.emit({ type: "device.caught-up", device: device.jid(), offline: count });
  if (device.settled) return;
  device.settled = true;
  if (network.groups.of(device.user).length > 0) {
    connection.send(el("ib", { from: SERVER }, [el("dirty", { type: "groups", timestamp: network.now })]));
  }
  if (network.options.historySync) welcome(network, device);
}
