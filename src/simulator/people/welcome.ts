import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { appStateChange } from "./app-state.ts";
import { conversation, tellHistory } from "./history-sync.ts";
import { peerMessage } from "./peer-message.ts";

const { ProtocolMessage } = proto.Message;

/** Where history comes in files, no more chats than these are in one. */
const CHATS_A_CHUNK = 20;

/** What a phone tells a companion right after linking: keys for app state, chats, names. */
export function welcome(network: Network, device: LinkedDevice): void {
  const { user } = device;
  nameInAppState(user);
  shareAppStateKeys(network, device);
  const conversations = [...user.history.chats].map(([id, messages]) => conversation(network, user, id, messages));
  const names = network.directory.users.filter((one) => one !== user);
  const pushnames = names.map((one) => ({ id: one.jid(one.isNumberless ? "lid" : "pn"), pushname: one.name }));
  const first = network.options.history === "files" ? CHATS_A_CHUNK : conversations.length;
  tellHistory(network, device, "INITIAL_BOOTSTRAP", { conversations: conversations.slice(0, first) });
  tellHistory(network, device, "PUSH_NAME", { pushnames });
  const chunks = Math.max(1, Math.ceil((conversations.length - first) / CHATS_A_CHUNK));
  for (let at = 0; at < chunks; at++) {
    const part = conversations.slice(first + at * CHATS_A_CHUNK, first + (at + 1) * CHATS_A_CHUNK);
    const place = { chunkOrder: at + 1, progress: Math.round((100 * (at + 1)) / chunks) };
    tellHistory(network, device, "RECENT", { conversations: part }, place);
  }
}

/** Tells the companion the keys of app state; of those it asks for that are unknown, their ids alone. */
export function shareAppStateKeys(network: Network, device: LinkedDevice, asked: readonly Uint8Array[] = []): void {
  const { keyId } = device.user.appStateKey;
  const unknown = asked.filter((one) => !keyId.equals(one)).map((one) => ({ keyId: { keyId: one } }));
  peerMessage(network, device, {
    type: ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE,
    appStateSyncKeyShare: { keys: [appStateKey(device), ...unknown] },
  });
}

// The name of an account is in its app state before any companion is linked (whatsmeow presence.go:67, 2026-08).
function nameInAppState(user: User): void {
  const { collection, index, version, value } = appStateChange.pushName(user.name);
  const settings = user.collection(collection);
  if (!settings.values.has(JSON.stringify(index))) settings.change(index, value, version, user.random);
}

/** Messages of a chat that are older than one the companion has, which it asked for (whatsmeow send.go:576, 2026-08). */
export function tellOlder(network: Network, device: LinkedDevice, asked: Older): void {
  const chat = network.directory.user(asked.chat)?.jid() ?? asked.chat;
  const known = device.user.history.chats.get(chat) ?? [];
  const at = known.findIndex(({ id }) => id === asked.before);
  const older = at < 0 ? [] : known.slice(Math.max(0, at - asked.count), at);
  const content = { conversations: [conversation(network, device.user, chat, older)] };
  tellHistory(network, device, "ON_DEMAND", content, { peerDataRequestSessionId: asked.request });
}

/** What a companion asks for: messages of a chat before one it knows. */
export interface Older {
  /** The id of the message that asks. */
  readonly request: string;
  readonly chat: string;
  readonly before: string;
  readonly count: number;
}

function appStateKey(device: LinkedDevice): proto.Message.IAppStateSyncKey {
  const { keyId, keyData } = device.user.appStateKey;
  const fingerprint = { rawId: 1, currentIndex: device.keyIndex, deviceIndexes: [0, device.keyIndex] };
  return { keyId: { keyId }, keyData: { keyData, fingerprint, timestamp: Date.now() } };
}
