import { deflateSync } from "node:zlib";
import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";
import type { Content } from "../content/content.ts";
import { enc, encode, seal } from "../messages/envelope.ts";
import type { Remembered } from "../accounts/history.ts";
import { appStateChange } from "./app-state.ts";

const { ProtocolMessage } = proto.Message;
type SyncName = "INITIAL_BOOTSTRAP" | "PUSH_NAME" | "RECENT" | "ON_DEMAND";

/** What a phone tells a companion right after linking: keys for app state, chats, names. */
export function welcome(network: Network, device: LinkedDevice): void {
  const { user } = device;
  nameInAppState(user);
  shareAppStateKeys(network, device);
  const conversations = [...user.history.chats].map(([id, messages]) => conversation(network, id, messages));
  const names = network.directory.users.filter((one) => one !== user);
  const pushnames = names.map((one) => ({ id: one.jid(), pushname: one.name }));
  history(network, device, "INITIAL_BOOTSTRAP", { conversations });
  history(network, device, "PUSH_NAME", { pushnames });
  history(network, device, "RECENT", { conversations: [] });
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
  const content = { conversations: [conversation(network, chat, older)] };
  history(network, device, "ON_DEMAND", content, { peerDataRequestSessionId: asked.request });
}

/** What a companion asks for: messages of a chat before one it knows. */
export interface Older {
  /** The id of the message that asks. */
  readonly request: string;
  readonly chat: string;
  readonly before: string;
  readonly count: number;
}

/** Sends the companion a message from its own phone that no chat shows. */
export function peerMessage(
  network: Network,
  device: LinkedDevice,
  protocolMessage: proto.Message.IProtocolMessage,
): void {
  const { user } = device;
  const content: Content = { protocolMessage };
  const attrs = {
    from: user.jid(),
    id: `3EB0${user.random.hex(9)}`,
    type: "text",
    category: "peer",
    notify: user.name,
  };
  const ciphertext = seal(network, user.phone, device, encode(content));
  network.deliver(device, el("message", { ...attrs, t: network.now }, [enc(ciphertext)]));
}

function history(
  network: Network,
  device: LinkedDevice,
  name: SyncName,
  content: Omit<proto.IHistorySync, "syncType">,
  marks: proto.Message.IHistorySyncNotification = {},
): void {
  const chunk = { chunkOrder: 1, progress: 100 };
  const sync = { ...content, ...chunk, syncType: proto.HistorySync.HistorySyncType[name] };
  const encoded = proto.HistorySync.encode(sync).finish();
  const whole = name === "INITIAL_BOOTSTRAP" ? Buffer.concat([encoded, saltField(device.user)]) : encoded;
  const initialHistBootstrapInlinePayload = deflateSync(whole);
  peerMessage(network, device, {
    type: ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      ...chunk,
      ...marks,
      syncType: proto.Message.HistorySyncType[name],
      initialHistBootstrapInlinePayload,
    },
  });
}

// `HistorySync.nctSalt`, field 19, which the definition at hand does not know yet.
const saltField = ({ nctSalt }: User): Buffer => Buffer.concat([Buffer.from([0x9a, 0x01, nctSalt.length]), nctSalt]);

function appStateKey(device: LinkedDevice): proto.Message.IAppStateSyncKey {
  const { keyId, keyData } = device.user.appStateKey;
  const fingerprint = { rawId: 1, currentIndex: device.keyIndex, deviceIndexes: [0, device.keyIndex] };
  return { keyId: { keyId }, keyData: { keyData, fingerprint, timestamp: Date.now() } };
}

function conversation(network: Network, id: string, messages: Remembered[]): proto.IConversation {
  const other = network.directory.user(id);
  const last = messages.at(-1);
  return {
    id,
    ...(other ? { name: other.name, lidJid: other.jid("lid"), pnJid: other.jid() } : {}),
    ...(last ? { conversationTimestamp: last.at } : {}),
    messages: messages.map((one) => ({
      message: {
        key: {
          remoteJid: id,
          id: one.id,
          fromMe: one.fromMe,
          ...(one.participant ? { participant: one.participant } : {}),
        },
        message: one.content,
        messageTimestamp: one.at,
      },
    })),
  };
}
