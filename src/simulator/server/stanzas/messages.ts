import type { SimulatedDevice } from "../../accounts/device.ts";
import type { LinkedDevice } from "../../accounts/linked-device.ts";
import { deviceHash } from "../../accounts/device-hash.ts";
import { hmac } from "../../crypto/cipher.ts";
import { identityFault } from "../../linking/identity.ts";
import { receive } from "../../people/receive.ts";
import type { Outgoing } from "../../queue/record.ts";
import { addressingOf, isGroupAddress, isShared, userJid } from "../../wire/address.ts";
import { bytesOf, child, children, el, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import type { Network } from "../../network/network.ts";
import { forwardMessage } from "./forward.ts";
import { clientPost } from "./posts.ts";
import { refusalOf } from "./refusals.ts";

/** One device's share of a message from a client: its `enc` elements. */
interface Share {
  readonly device: SimulatedDevice;
  readonly encs: Stanza[];
}

/** A message from a client: acknowledged, then handed to each device it was encrypted for. */
export function clientMessage(connection: DeviceConnection, message: Stanza): void {
  const { device, network } = connection;
  const { id, to, type, participant } = message.attrs;
  if (!device || !id || !to || !type) return connection.complain("sent a message without id, to or type", message);
  const sent = network.record.sent(device.jid(), id, to);
  checkIdentity(connection, device, message);
  if (to.endsWith("@newsletter")) return answerPost(connection, device, message, sent);
  const marks = answerTo(connection, device, message, to);
  const answer = marks === undefined ? "dropped" : (marks["error"] ?? "ok");
  sent.answers.push(answer);
  const whole = participant === undefined && message.attrs["device_fanout"] !== "false";
  const phash = whole ? missedDevices(connection, device, message, to) : undefined;
  if (marks)
    connection.send(el("ack", { class: "message", id, from: to, participant, t: network.now, phash, ...marks }));
  network.events.emit({ type: "message.sent", id, device: device.jid(), to, answer });
  if (answer !== "ok") return;
  for (const share of shares(connection, device, message, to)) {
    // Whoever is blocked is not told so: the message is acknowledged, and reaches nobody.
    if (!isShared(to) && share.device.user.hasBlocked(device.user)) continue;
    if (share.device.kind === "linked") forwardMessage(network, device, share.device, message, share.encs);
    else receive(network, device, share.device, message, share.encs);
  }
}

function answerPost(connection: DeviceConnection, device: LinkedDevice, message: Stanza, sent: Outgoing): void {
  const { id = "", to = "" } = message.attrs;
  const answer = { error: undefined, serverId: undefined, ...clientPost(connection, device, message) };
  const serverId = answer.serverId === undefined ? undefined : String(answer.serverId);
  sent.answers.push(answer.error ?? "ok");
  const { now, events } = connection.network;
  connection.send(el("ack", { class: "message", id, from: to, t: now, error: answer.error, server_id: serverId }));
  events.emit({ type: "message.sent", id, device: device.jid(), to, answer: answer.error ?? "ok" });
}

/** What the ack of a message says beside its name; undefined when it is dropped and there is none. */
function answerTo(
  connection: DeviceConnection,
  device: LinkedDevice,
  message: Stanza,
  to: string,
): Readonly<Record<string, string>> | undefined {
  const { network } = connection;
  const marks = { ...staleLid(network, to), ...network.faults.nextAckMarks() };
  const refused = network.options.strict ? refusalOf(network, device, message) : undefined;
  if (refused?.fault !== undefined) connection.complain(refused.fault, message);
  if (refused) return refused.ack && { ...marks, ...refused.ack };
  const error = marks["error"] ?? refusal(connection, device, message, to);
  return error === undefined ? marks : { ...marks, error };
}

// The LID that the client holds for the other side is not theirs any more.
function staleLid({ directory }: Network, to: string): Readonly<Record<string, string>> {
  const user = addressingOf(to) === "lid" ? directory.user(to) : undefined;
  return user && user.jid("lid") !== userJid(to) ? { refresh_lid: "true" } : {};
}

/** Why the server does not take a message, as the `error` of its ack. */
function refusal(connection: DeviceConnection, device: LinkedDevice, message: Stanza, to: string): string | undefined {
  const { barredBy } = device.user;
  if (barredBy === "402" || (barredBy === "403" && isOthers(connection, device, message, to))) return barredBy;
  if (!isGroupAddress(to)) return stranger(connection, device, message, to) ? "463" : undefined;
  const group = connection.network.groups.get(to);
  if (!group) return "404";
  return group.mayWrite(device.user) ? undefined : "403";
}

// A one-to-one message that leaves a device out is taken, and answered with the hash of the list it should have gone to.
function missedDevices(
  connection: DeviceConnection,
  sender: LinkedDevice,
  message: Stanza,
  to: string,
): string | undefined {
  const target = connection.network.directory.user(to);
  if (!target || message.attrs["category"] === "peer") return undefined;
  const named = new Set(
    children(child(message, "participants"), "to").map((one) => connection.network.directory.device(one.attrs["jid"])),
  );
  const expected = [...new Set([...target.devices, ...sender.user.devices])].filter((device) => device !== sender);
  if (expected.every((device) => named.has(device))) return undefined;
  return deviceHash([...expected, sender], addressingOf(to));
}

// A message for another person.
function isOthers({ network }: DeviceConnection, { user }: LinkedDevice, { attrs }: Stanza, to: string): boolean {
  const target = isGroupAddress(to) ? undefined : network.directory.user(to);
  return target !== undefined && target !== user && attrs["category"] !== "peer";
}

// Who starts a chat needs a token of the other side, unless the other side has written first: always when the account
// is restricted, and of those who want it so.
function stranger(connection: DeviceConnection, device: LinkedDevice, message: Stanza, to: string): boolean {
  const target = connection.network.directory.user(to);
  if (!target || target === device.user || message.attrs["category"] === "peer") return false;
  if (!target.refusesStrangers && !device.user.timelock?.is_active) return false;
  const chat = target.history.chats.get(device.user.jid()) ?? [];
  if (chat.some((one) => one.fromMe)) return false;
  // Without a token of the other side, one made of the salt that the own phone told will do (whatsmeow cstoken.go, 2026-08).
  const { nctSalt: salt } = device.user;
  const proof = salt && hmac(salt, Buffer.from(target.jid("lid")));
  if (proof && !device.user.timelock?.is_active && bytesOf(child(message, "cstoken"))?.equals(proof)) return false;
  const token = bytesOf(child(message, "tctoken"));
  return !token || !target.tokens.get(device.user)?.equals(token);
}

function shares(connection: DeviceConnection, sender: LinkedDevice, message: Stanza, to: string): Share[] {
  const direct = children(message, "enc");
  const { participant } = message.attrs;
  const named = children(child(message, "participants"), "to").flatMap((one) => {
    const device = find(connection, one.attrs["jid"], message);
    return device ? [{ device, encs: children(one, "enc") }] : [];
  });
  if (to === "status@broadcast") return named.map(({ device, encs }) => ({ device, encs: [...encs, ...direct] }));
  if (participant === undefined && isGroupAddress(to)) return groupShares(connection, sender, to, named, direct);
  if (direct.length === 0) return named;
  const device = find(connection, participant ?? to, message);
  return device ? [{ device, encs: direct }] : [];
}

// Every device of every member gets the one ciphertext; those that are new to the sender's key get the key before it.
function groupShares(
  connection: DeviceConnection,
  sender: LinkedDevice,
  to: string,
  named: Share[],
  direct: Stanza[],
): Share[] {
  const members = connection.network.groups.get(to)?.members.keys() ?? [];
  const keys = new Map(named.map(({ device, encs }) => [device, encs]));
  return [...members]
    .flatMap((user) => user.devices)
    .filter((device) => device !== sender)
    .map((device) => ({ device, encs: [...(keys.get(device) ?? []), ...direct] }));
}

function find(connection: DeviceConnection, jid: string | undefined, message: Stanza): SimulatedDevice | undefined {
  const device = connection.network.directory.device(jid);
  if (!device) connection.complain(`encrypted a message for ${jid}, which does not exist`, message);
  return device;
}

// Whoever gets a first message must be able to check that the companion belongs to the account (ADV).
function checkIdentity(connection: DeviceConnection, device: LinkedDevice, message: Stanza): void {
  const named = children(child(message, "participants"), "to").flatMap((one) => children(one, "enc"));
  const identity = bytesOf(child(message, "device-identity"));
  if (!identity) {
    const first = [...children(message, "enc"), ...named].some((enc) => enc.attrs["type"] === "pkmsg");
    if (first) connection.complain("sent a pkmsg without its device identity", message);
    return;
  }
  const fault = identityFault(identity, device.user.accountKey.public, device.preKeys.identity, "message");
  if (fault) connection.complain(`sent a device identity that ${fault}`, message);
}
