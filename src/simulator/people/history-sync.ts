import { deflateSync } from "node:zlib";
import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { Remembered } from "../accounts/history.ts";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import { sealFile } from "../media/file.ts";
import type { Network } from "../network/network.ts";
import { lengthDelimited } from "../wire/fields.ts";
import { peerMessage } from "./peer-message.ts";

type SyncName = "INITIAL_BOOTSTRAP" | "PUSH_NAME" | "RECENT" | "ON_DEMAND";
const { HISTORY_SYNC_NOTIFICATION } = proto.Message.ProtocolMessage.Type;
// Fields of `HistorySync` that the definition at hand does not know yet.
const NCT_SALT = 19;
const INLINE_CONTACTS = 20;

/** By companion and part: tells it once more, in a file of its own. */
const told = new WeakMap<LinkedDevice, Map<string, () => void>>();
const placeOf = (syncType: number | null | undefined, chunkOrder: number | null | undefined) =>
  `${syncType ?? 0}|${chunkOrder ?? 0}`;

/** A companion could not have the file of a part that it was told of. */
export function retellHistory(device: LinkedDevice, asked: proto.Message.IHistorySyncNotification): void {
  told.get(device)?.get(placeOf(asked.syncType, asked.chunkOrder))?.();
}

/** Tells a companion a part of what its phone remembers, inside the notice or as a sealed file beside it. */
export function tellHistory(
  network: Network,
  device: LinkedDevice,
  name: SyncName,
  content: Omit<proto.IHistorySync, "syncType">,
  marks: proto.Message.IHistorySyncNotification = {},
): void {
  const { chunkOrder = 1, progress = 100 } = marks;
  const chunk = { chunkOrder, progress };
  const syncType = proto.HistorySync.HistorySyncType[name];
  const parts = told.get(device) ?? new Map<string, () => void>();
  told.set(device, parts);
  parts.set(placeOf(syncType, chunkOrder), () => tellHistory(network, device, name, content, marks));
  const sync = proto.HistorySync.encode({ ...content, ...globals(network, device.user, name), ...chunk, syncType });
  const whole = deflateSync(Buffer.concat([sync.finish(), newerFields(network, device.user, name)]));
  const held = network.options.history === "files" ? inFile(network, device.user, whole) : inline(whole);
  peerMessage(network, device, {
    type: HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: { ...marks, ...chunk, ...held, syncType: proto.Message.HistorySyncType[name] },
  });
}

function inline(initialHistBootstrapInlinePayload: Buffer): proto.Message.IHistorySyncNotification {
  return { initialHistBootstrapInlinePayload };
}

function inFile(network: Network, { random }: User, plain: Buffer): proto.Message.IHistorySyncNotification {
  const { bytes, ...sealed } = sealFile(plain, "history", random);
  return { ...sealed, directPath: network.media.store(bytes, "history").directPath };
}

/** The pairs of numbers and LIDs, the nonce for Meta's services, and when the account moved. */
function globals(network: Network, user: User, name: SyncName): Partial<proto.IHistorySync> {
  if (network.options.history !== "files" || name === "PUSH_NAME") return {};
  const phoneNumberToLidMappings = knownTo(network, user)
    .filter((one) => !one.isNumberless)
    .map((one) => ({ pnJid: one.jid(), lidJid: one.jid("lid") }));
  const moved = network.isMigrated(user) && name === "INITIAL_BOOTSTRAP";
  const globalSettings = { chatDbLidMigrationTimestamp: Number(network.now) };
  const nonce = name === "INITIAL_BOOTSTRAP" ? { companionMetaNonce: user.companionMetaNonce } : {};
  return { phoneNumberToLidMappings, ...nonce, ...(moved ? { globalSettings } : {}) };
}

function newerFields(network: Network, user: User, name: SyncName): Buffer {
  if (name !== "INITIAL_BOOTSTRAP") return Buffer.alloc(0);
  const salt: [number, Uint8Array][] = user.nctSalt === null ? [] : [[NCT_SALT, user.nctSalt]];
  if (network.options.history !== "files") return lengthDelimited(salt);
  const contacts = knownTo(network, user).map((one): [number, Uint8Array] => {
    const number: [number, string][] = one.isNumberless ? [] : [[1, one.jid()]];
    const username: [number, string][] = one.username === undefined ? [] : [[5, one.username]];
    const texts: [number, string][] = [...number, [2, one.jid("lid")], [3, one.name], ...username];
    return [INLINE_CONTACTS, lengthDelimited(texts.map(([field, text]) => [field, Buffer.from(text)]))];
  });
  return lengthDelimited([...salt, ...contacts]);
}

function knownTo(network: Network, user: User): User[] {
  return [...user.history.chats.keys()].flatMap((jid) => network.directory.user(jid) ?? []);
}

/** A chat with its messages; of an account that has moved it stands under the LID. */
export function conversation(
  network: Network,
  user: User,
  chat: string,
  messages: readonly Remembered[],
): proto.IConversation {
  const other = network.directory.user(chat);
  const id = other && (other.isNumberless || network.isMigrated(user)) ? other.jid("lid") : chat;
  const number = other && !other.isNumberless ? { pnJid: other.jid() } : {};
  const last = messages.at(-1);
  return {
    id,
    ...(other ? { name: other.name, lidJid: other.jid("lid"), ...number } : {}),
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
