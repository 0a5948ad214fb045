import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";
import { lengthDelimited } from "../wire/fields.ts";
import type { CollectionName, SyncValue } from "../app-state/collection.ts";

/** A change of settings that all devices of an account share. */
export interface AppStateChange {
  readonly collection: CollectionName;
  readonly index: readonly string[];
  readonly version: number;
  readonly value: SyncValue;
  /** Fields of the value that the definition at hand does not know. */
  readonly newer?: Uint8Array;
}

const stamp = (): { timestamp: number } => ({ timestamp: Date.now() });

/** The changes people make most, with collection, index and version as clients know them. */
export const appStateChange = {
  archive: (chat: string, archived: boolean): AppStateChange => ({
    collection: "regular_low",
    index: ["archive", chat],
    version: 3,
    value: { ...stamp(), archiveChatAction: { archived, messageRange: {} } },
  }),
  pin: (chat: string, pinned: boolean): AppStateChange => ({
    collection: "regular_low",
    index: ["pin_v1", chat],
    version: 5,
    value: { ...stamp(), pinAction: { pinned } },
  }),
  /** `until` in Unix milliseconds; undefined ends the silence. */
  mute: (chat: string, until: number | undefined): AppStateChange => ({
    collection: "regular_high",
    index: ["mute", chat],
    version: 2,
    value: {
      ...stamp(),
      muteAction: { muted: until !== undefined, ...(until === undefined ? {} : { muteEndTimestamp: until }) },
    },
  }),
  read: (chat: string, read: boolean): AppStateChange => ({
    collection: "regular_low",
    index: ["markChatAsRead", chat],
    version: 3,
    value: { ...stamp(), markChatAsReadAction: { read, messageRange: {} } },
  }),
  contact: (chat: string, fullName: string, lidJid: string): AppStateChange => ({
    collection: "critical_unblock_low",
    index: ["contact", chat],
    version: 2,
    value: { ...stamp(), contactAction: { fullName, lidJid, saveOnPrimaryAddressbook: true } },
  }),
  label: (id: string, name: string, color: number, deleted = false): AppStateChange => ({
    collection: "regular",
    index: ["label_edit", id],
    version: 3,
    value: { ...stamp(), labelEditAction: { name, color, deleted } },
  }),
  /** Of a chat, or of one message in it. */
  labelUse: (id: string, chat: string, message: string | undefined, labeled: boolean): AppStateChange => ({
    collection: "regular",
    index: message === undefined ? ["label_jid", id, chat] : ["label_message", id, chat, message, "0", "0"],
    version: 3,
    value: { ...stamp(), labelAssociationAction: { labeled } },
  }),
  pushName: (name: string): AppStateChange => ({
    collection: "critical_block",
    index: ["setting_pushName"],
    version: 1,
    value: { ...stamp(), pushNameSetting: { name } },
  }),
  /** What tokens of first messages are made of: `nctSaltSyncAction` (wa-proto, 2026-08). */
  nctSalt: (salt: Uint8Array): AppStateChange => ({
    collection: "regular_high",
    index: NCT_SALT,
    version: 1,
    value: stamp(),
    newer: lengthDelimited([[80, lengthDelimited([[1, salt]])]]),
  }),
};

const NCT_SALT = ["nct_salt_sync"];

/** The phone has no salt any more, and its companions shall have none. */
export function takeSaltAway(network: Network, user: User): void {
  user.collection("regular_high").takeAway(NCT_SALT, user.random);
  tellCollection(network, user, "regular_high");
}

/** The phone changes something; its companions are told which collection to fetch. */
export function changeAppState(
  network: Network,
  user: User,
  { collection, index, version, value, newer }: AppStateChange,
): void {
  user.collection(collection).change(index, value, version, user.random, newer);
  tellCollection(network, user, collection);
}

/** Several changes at once: one notice names every collection in which something is new. */
export function changeTogether(network: Network, user: User, changes: readonly AppStateChange[]): void {
  for (const { collection, index, version, value, newer } of changes)
    user.collection(collection).change(index, value, version, user.random, newer);
  const names = [...new Set(changes.map(({ collection }) => collection))];
  for (const device of user.linked) {
    const attrs = { from: user.jid(), type: "server_sync", id: network.newId(), t: network.now };
    const news = names.map((name) => el("collection", { name, version: String(user.collection(name).version) }));
    network.deliver(device, el("notification", attrs, news));
  }
}

/** Tells the companions of an account, but for the one that made it, of a change. */
export function tellCollection(network: Network, user: User, name: string, but?: LinkedDevice): void {
  for (const device of user.linked) {
    if (device === but) continue;
    const attrs = { from: user.jid(), type: "server_sync", id: network.newId(), t: network.now };
    const collection = el("collection", { name, version: String(user.collection(name).version) });
    network.deliver(device, el("notification", attrs, [collection]));
  }
}
