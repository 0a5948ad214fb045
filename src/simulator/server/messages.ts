import type { Device } from "../accounts/device.ts";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import { identityFault } from "../linking/identity.ts";
import { bytesOf, child, children, el, type Stanza } from "../wire/stanza.ts";
import type { Connection } from "./connection.ts";

/** One device's share of a message from a client: its `enc` elements. */
export interface Share {
  readonly device: Device;
  readonly encs: Stanza[];
}

/** A message from a client: acknowledged, then handed to each device it was encrypted for. */
export function clientMessage(connection: Connection, message: Stanza): void {
  const { device, network } = connection;
  const { id, to, type, participant } = message.attrs;
  if (!device || !id || !to || !type) return connection.complain("sent a message without id, to or type", message);
  const sent = network.record.sent(device.jid(), id, to);
  network.events.emit({ type: "message.sent", id, device: device.jid(), to });
  checkIdentity(connection, device, message);
  sent.answers.push("ok");
  connection.send(el("ack", { class: "message", id, from: to, participant, t: network.now }));
  for (const share of shares(connection, message, to)) network.inboxes.fromClient(device, message, share);
}

function shares(connection: Connection, message: Stanza, to: string): Share[] {
  const { directory } = connection.network;
  const direct = children(message, "enc");
  const each = children(child(message, "participants"), "to").map((one) => ({
    jid: one.attrs["jid"],
    encs: children(one, "enc"),
  }));
  if (direct.length > 0 && !to.endsWith("@g.us")) each.push({ jid: to, encs: direct });
  return each.flatMap(({ jid, encs }) => {
    const device = directory.device(jid);
    if (!device) connection.complain(`encrypted a message for ${jid}, which does not exist`, message);
    return device ? [{ device, encs }] : [];
  });
}

// Whoever gets a first message must be able to check that the companion belongs to the account (ADV).
function checkIdentity(connection: Connection, device: LinkedDevice, message: Stanza): void {
  const all = [
    ...children(message, "enc"),
    ...children(child(message, "participants"), "to").flatMap((one) => children(one, "enc")),
  ];
  const identity = bytesOf(child(message, "device-identity"));
  if (!identity) {
    if (all.some((enc) => enc.attrs["type"] === "pkmsg"))
      connection.complain("sent a pkmsg without its device identity", message);
    return;
  }
  const fault = identityFault(identity, device.user.accountKey.public, device.preKeys.identity, "message");
  if (fault) connection.complain(`sent a device identity that ${fault}`, message);
}
