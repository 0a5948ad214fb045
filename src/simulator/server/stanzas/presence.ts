import type { LinkedDevice } from "../../accounts/linked-device.ts";
import type { User } from "../../accounts/user.ts";
import { presenceOf, showChatState, showInGroup, showPresence } from "../../people/presence.ts";
import { addressingOf } from "../../wire/address.ts";
import type { Stanza } from "../../wire/stanza.ts";
import { children, el } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";

const STATES = new Set(["available", "unavailable", "subscribe", "unsubscribe"]);

/** `presence`: coming and going, subscriptions, a new name. Clients send it bare as well. */
export function presence(connection: DeviceConnection, stanza: Stanza): void {
  const { type, name } = stanza.attrs;
  const { device, network } = connection;
  if (type !== undefined && !STATES.has(type)) return connection.complain("sent a presence of unknown type", stanza);
  if (!device) return;
  if (type === "subscribe") subscribe(connection, device, stanza.attrs["to"] ?? "");
  if (name !== undefined && name !== "~") device.pushName = name;
  bare(connection, device, stanza);
  if (type) network.events.emit({ type: "presence", device: device.jid(), state: type });
  // WhatsApp takes a presence without a type for "available".
  const state = type ?? "available";
  if (state !== "available" && state !== "unavailable") return;
  device.isAvailable = state === "available";
  showPresence(network, device.user, isAnywhere(device.user));
}

// A presence without a type says "available", which puts the owner's phone to silence.
function bare(connection: DeviceConnection, device: LinkedDevice, stanza: Stanza): void {
  const { type } = stanza.attrs;
  if (type === "available" || type === "unavailable") device.chosen = type;
  if (type !== undefined || !connection.network.options.strict) return;
  if (device.chosen !== "available")
    connection.complain("says that it is available by a presence without a type, and never chose to", stanza);
}

/** Whether any client of an account says that somebody is there. */
export const isAnywhere = (user: User): boolean => user.linked.some((device) => device.isAvailable);

// The server tells the present state at once, then every change.
function subscribe(connection: DeviceConnection, device: LinkedDevice, to: string): void {
  device.subscriptions.add(to);
  const user = connection.network.directory.user(to);
  if (user) connection.send(el("presence", { from: to, ...presenceOf(user, device.user) }));
}

/** `chatstate`: typing, recording, or neither, in one chat. */
export function chatState(connection: DeviceConnection, stanza: Stanza): void {
  const [state] = children(stanza);
  const { to } = stanza.attrs;
  if (!state || !to || (state.tag !== "composing" && state.tag !== "paused")) {
    return connection.complain("sent a chatstate without a state", stanza);
  }
  const name = state.attrs["media"] === "audio" ? "recording" : state.tag;
  const { device, network } = connection;
  if (!device) return;
  network.events.emit({ type: "chat-state", device: device.jid(), to, state: name });
  const group = network.groups.get(to);
  if (group) return showInGroup(network, device.user, group, name);
  const other = network.directory.user(to);
  if (other) showChatState(network, device.user, other, name, addressingOf(to));
}
