import type { User } from "../accounts/user.ts";
import type { Group } from "../groups/group.ts";
import type { Network } from "../network/network.ts";
import type { Addressing } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";

export type ChatState = "composing" | "recording" | "paused";

/** Tells the linked devices of one user that someone types or records; only those online hear it. */
export function showChatState(network: Network, by: User, to: User, state: ChatState, addressing: Addressing): void {
  const node = el(state === "recording" ? "composing" : state, { media: state === "recording" ? "audio" : undefined });
  for (const device of to.linked) {
    network.online.get(device)?.send(el("chatstate", { from: by.jid(addressing), to: device.jid(addressing) }, [node]));
  }
}

/** The same in a group: every member's devices that are online hear it. */
export function showInGroup(network: Network, by: User, group: Group, state: ChatState): void {
  const node = el(state === "recording" ? "composing" : state, { media: state === "recording" ? "audio" : undefined });
  const attrs = { from: group.jid, participant: by.jid(group.addressing) };
  for (const device of [...group.members.keys()].flatMap((user) => user.linked)) {
    network.online.get(device)?.send(el("chatstate", attrs, [node]));
  }
}

/** Tells whoever subscribed that someone came online or left. */
export function showPresence(network: Network, by: User, available: boolean): void {
  by.available = available;
  for (const [device, connection] of network.online) {
    for (const jid of device.subscriptions) {
      if (network.directory.user(jid) !== by) continue;
      const last = available ? undefined : network.now;
      connection.send(el("presence", { from: jid, type: available ? "available" : "unavailable", last }));
    }
  }
}

/** Tells everybody who has a chat with someone what is new on their profile. */
export function showOnProfile(network: Network, by: User, type: "picture" | "status", news: Stanza): void {
  for (const device of network.directory.linkedDevices) {
    if (device.user === by || !device.user.history.chats.has(by.jid())) continue;
    const attrs = { from: by.jid(), type, id: network.newId(), t: network.now };
    network.deliver(device, el("notification", attrs, [news]));
  }
}
