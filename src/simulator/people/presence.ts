import type { User } from "../accounts/user.ts";
import type { SimulatedGroup } from "../groups/group.ts";
import type { Network } from "../network/network.ts";
import type { Addressing } from "../wire/address.ts";
import { type Attributes, el, type Stanza } from "../wire/stanza.ts";

export type ChatState = "composing" | "recording" | "paused";

const chatStateNode = (state: ChatState): Stanza =>
  el(state === "recording" ? "composing" : state, { media: state === "recording" ? "audio" : undefined });

/** Tells the linked devices of one user that someone types or records; only those online hear it. */
export function showChatState(network: Network, by: User, to: User, state: ChatState, addressing: Addressing): void {
  for (const device of to.linked) {
    const attrs = { from: by.jid(addressing), to: device.jid(addressing) };
    network.online.get(device)?.send(el("chatstate", attrs, [chatStateNode(state)]));
  }
}

/** The same in a group: the devices of every other member that are online hear it. */
export function showInGroup(network: Network, by: User, group: SimulatedGroup, state: ChatState): void {
  const attrs = { from: group.jid, participant: by.jid(group.addressing) };
  const others = [...group.members.keys()].filter((user) => user !== by);
  for (const device of others.flatMap((user) => user.linked)) {
    network.online.get(device)?.send(el("chatstate", attrs, [chatStateNode(state)]));
  }
}

/** Tells whoever subscribed that someone came online or left. */
export function showPresence(network: Network, by: User, available: boolean): void {
  if (by.available && !available) by.lastSeen = network.now;
  by.available = available;
  for (const [device, connection] of network.online) {
    for (const jid of device.subscriptions) {
      if (network.directory.user(jid) !== by) continue;
      connection.send(el("presence", { from: jid, ...presenceOf(by, device.user) }));
    }
  }
}

/** What somebody may see of somebody else's presence, by the privacy of the latter. */
export function presenceOf(user: User, viewer: User): Attributes {
  const may = (setting: string): boolean => {
    const who = user.settings.get(`privacy ${setting}`) ?? "all";
    if (who === "match_last_seen") return may("last");
    return who === "all" || (who === "contacts" && user.history.chats.has(viewer.jid()));
  };
  if (user.available && may("online")) return { type: "available" };
  return { type: "unavailable", last: may("last") ? user.lastSeen : "deny" };
}

/** Tells everybody who has a chat with someone what is new on their profile. */
export function showOnProfile(network: Network, by: User, type: "picture" | "status", news: Stanza): void {
  for (const device of network.directory.linkedDevices) {
    if (device.user === by || !device.user.history.chats.has(by.jid())) continue;
    const attrs = { from: by.jid(), type, id: network.newId(), t: network.now };
    network.deliver(device, el("notification", attrs, [news]));
  }
}
