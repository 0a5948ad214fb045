import { deflateSync } from "node:zlib";
import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";
import type { Content } from "../content/content.ts";
import { enc, encode, seal } from "../messages/envelope.ts";
import type { Remembered } from "../accounts/history.ts";

const { ProtocolMessage } = proto.Message;
type SyncName = "INITIAL_BOOTSTRAP" | "PUSH_NAME" | "RECENT";

/** What a phone tells a companion right after linking: keys for app state, chats, names. */
export function welcome(network: Network, device: LinkedDevice): void {
  const { user } = device;
  peerMessage(network, device, {
    type: ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE,
    appStateSyncKeyShare: { keys: [appStateKey(device)] },
  });
  const conversations = [...user.history.chats].map(([id, messages]) => conversation(network, id, messages));
  const names = network.directory.users.filter((one) => one !== user);
  const pushnames = names.map((one) => ({ id: one.jid(), pushname: one.name }));
  history(network, device, "INITIAL_BOOTSTRAP", { conversations });
  history(network, device, "PUSH_NAME", { pushnames });
  history(network, device, "RECENT", { conversations: [] });
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
): void {
  const chunk = { chunkOrder: 1, progress: 100 };
  const sync = { ...content, ...chunk, syncType: proto.HistorySync.HistorySyncType[name] };
  const initialHistBootstrapInlinePayload = deflateSync(proto.HistorySync.encode(sync).finish());
  peerMessage(network, device, {
    type: ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      ...chunk,
      syncType: proto.Message.HistorySyncType[name],
      initialHistBootstrapInlinePayload,
    },
  });
}

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
