import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { hmac, openCbc, sealCbc } from "../crypto/cipher.ts";
import type { Random } from "../base/random.ts";
import { lengthDelimited } from "../wire/fields.ts";
import { LtHash } from "./lt-hash.ts";
import { type MutationKeys, mutationKeys, networkOrder, valueMac } from "./keys.ts";

const { SyncdOperation } = proto.SyncdMutation;

/** The collections of app state, by how urgently they are synced. */
export const COLLECTIONS = [
  "critical_block",
  "critical_unblock_low",
  "regular_high",
  "regular_low",
  "regular",
] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

export type SyncValue = proto.ISyncActionValue;

/** The key all patches of an account are sealed with; its id is told in the clear. */
export interface AppStateKey {
  readonly keyId: Buffer;
  readonly keyData: Buffer;
}

/**
 * One collection of an account's app state. The server keeps the sealed patches; the phone, which has the key, keeps what
 * they say and checks every MAC of a patch that a companion sends.
 */
export class Collection {
  readonly name: string;
  readonly #key: AppStateKey;
  readonly #keys: MutationKeys;
  readonly #hash = new LtHash();
  readonly #valueMacs = new Map<string, Buffer>();
  /** The sealed record of each value, of which a snapshot is made. */
  readonly #records = new Map<string, proto.ISyncdRecord>();
  /** What is set now, by index, which is a JSON list such as `["archive","628…@s.whatsapp.net"]`. */
  readonly values = new Map<string, SyncValue>();
  /** Encoded `SyncdPatch`es; the version of a patch is its place, from 1. */
  readonly patches: Buffer[] = [];

  constructor(name: string, key: AppStateKey) {
    this.name = name;
    this.#key = key;
    this.#keys = mutationKeys(key.keyData);
  }

  get version(): number {
    return this.patches.length;
  }

  /** A change the phone makes itself. `newer`: fields of the value that the definition at hand does not know. */
  change(
    index: readonly string[],
    value: SyncValue,
    actionVersion: number,
    random: Random,
    newer: Uint8Array = new Uint8Array(0),
  ): void {
    const text = JSON.stringify(index);
    const action = { index: Buffer.from(text), padding: new Uint8Array(0), version: actionVersion };
    const whole = Buffer.concat([proto.SyncActionValue.encode(value).finish(), newer]);
    const plain = Buffer.concat([proto.SyncActionData.encode(action).finish(), lengthDelimited([[2, whole]])]);
    const { record, mac } = this.#sealed(text, plain, "set", random);
    this.#set(text, value, mac, record);
    this.#push(SyncdOperation.SET, record, mac);
  }

  /** The phone takes a value away. Throws when there is none. */
  takeAway(index: readonly string[], random: Random): void {
    const text = JSON.stringify(index);
    const value = this.values.get(text);
    if (value === undefined) throw new Error(`${this.name} has no ${text}`);
    const action = { index: Buffer.from(text), value, padding: new Uint8Array(0), version: 1 };
    const { record, mac } = this.#sealed(text, proto.SyncActionData.encode(action).finish(), "remove", random);
    this.#remove(text);
    this.#push(SyncdOperation.REMOVE, record, mac);
  }

  #sealed(index: string, plain: Uint8Array, kind: "set" | "remove", random: Random) {
    const iv = random.bytes(16);
    const sealed = Buffer.concat([iv, sealCbc(this.#keys.value, iv, plain)]);
    const { keyId } = this.#key;
    const mac = valueMac(this.#keys, kind, sealed, keyId);
    const record = {
      index: { blob: hmac(this.#keys.index, Buffer.from(index)) },
      value: { blob: Buffer.concat([sealed, mac]) },
      keyId: { id: keyId },
    };
    return { record, mac };
  }

  #push(operation: proto.SyncdMutation.SyncdOperation, record: proto.ISyncdRecord, mac: Buffer): void {
    const version = this.version + 1;
    const snapshotMac = this.#snapshotMac(version);
    const patchMac = this.#patchMac(snapshotMac, [mac], version);
    const keyId = { id: this.#key.keyId };
    const patch = { version: { version }, mutations: [{ operation, record }], snapshotMac, patchMac, keyId };
    this.patches.push(Buffer.from(proto.SyncdPatch.encode(patch).finish()));
  }

  /** A patch a companion sends; returns what is wrong with it, in sentences. It is stored all the same. */
  accept(bytes: Uint8Array): string[] {
    const patch = proto.SyncdPatch.decode(bytes);
    const version = this.version + 1;
    const problems: string[] = [];
    const macs: Buffer[] = [];
    for (const mutation of patch.mutations) macs.push(this.#apply(mutation, problems));
    const snapshotMac = this.#snapshotMac(version);
    if (!snapshotMac.equals(patch.snapshotMac ?? Buffer.alloc(0))) problems.push("the snapshot MAC does not fit");
    if (!this.#patchMac(snapshotMac, macs, version).equals(patch.patchMac ?? Buffer.alloc(0))) {
      problems.push("the patch MAC does not fit");
    }
    patch.version = proto.SyncdVersion.create({ version });
    this.patches.push(Buffer.from(proto.SyncdPatch.encode(patch).finish()));
    return problems.map((problem) => `sent a patch of ${this.name}: ${problem}`);
  }

  /** The whole collection as it is now: an encoded `SyncdSnapshot`. */
  snapshot(): Buffer {
    const { version } = this;
    const parts = { version: { version }, records: [...this.#records.values()], keyId: { id: this.#key.keyId } };
    return Buffer.from(proto.SyncdSnapshot.encode({ ...parts, mac: this.#snapshotMac(version) }).finish());
  }

  /** The whole collection in the clear: `SyncdSnapshotRecovery`, which the definition at hand does not know. */
  recovery(): Buffer {
    const records = [...this.values].map(([index, value]) => {
      const action = { index: Buffer.from(index), value, padding: new Uint8Array(0), version: 1 };
      const mac = this.#valueMacs.get(index) ?? Buffer.alloc(0);
      return lengthDelimited([
        [1, proto.SyncActionData.encode(action).finish()],
        [2, this.#key.keyId],
        [3, mac],
      ]);
    });
    const version = proto.SyncdVersion.encode({ version: this.version }).finish();
    const fields = records.map((record): [number, Uint8Array] => [3, record]);
    return lengthDelimited([[1, version], [2, Buffer.from(this.name)], ...fields, [4, this.#hash.bytes]]);
  }

  #apply({ operation, record }: proto.ISyncdMutation, problems: string[]): Buffer {
    const blob = Buffer.from(record?.value?.blob ?? []);
    const [sealed, mac] = [blob.subarray(0, -32), blob.subarray(-32)];
    const kind = operation === SyncdOperation.REMOVE ? "remove" : "set";
    const keyId = record?.keyId?.id ?? Buffer.alloc(0);
    if (!valueMac(this.#keys, kind, sealed, keyId).equals(mac)) {
      problems.push("a value MAC does not fit, so it was sealed with another key");
      return mac;
    }
    const action = proto.SyncActionData.decode(openCbc(this.#keys.value, sealed.subarray(0, 16), sealed.subarray(16)));
    const index = Buffer.from(action.index ?? []);
    if (!hmac(this.#keys.index, index).equals(record?.index?.blob ?? Buffer.alloc(0))) {
      problems.push("an index MAC does not fit");
    }
    if (kind === "set") this.#set(index.toString(), action.value ?? {}, mac, record ?? {});
    else this.#remove(index.toString());
    return mac;
  }

  #set(index: string, value: SyncValue, mac: Buffer, record: proto.ISyncdRecord): void {
    this.#remove(index);
    this.#hash.add(mac);
    this.#valueMacs.set(index, mac);
    this.values.set(index, value);
    this.#records.set(index, record);
  }

  #remove(index: string): void {
    const before = this.#valueMacs.get(index);
    if (before) this.#hash.subtract(before);
    this.#valueMacs.delete(index);
    this.values.delete(index);
    this.#records.delete(index);
  }

  #snapshotMac(version: number): Buffer {
    return hmac(this.#keys.snapshotMac, this.#hash.bytes, networkOrder(version), Buffer.from(this.name));
  }

  #patchMac(snapshotMac: Buffer, macs: Buffer[], version: number): Buffer {
    return hmac(this.#keys.patchMac, snapshotMac, ...macs, networkOrder(version), Buffer.from(this.name));
  }
}
