/** libsignal and Baileys' sender keys, driven from outside on records that our library reads. */
import { createHash } from "node:crypto";
import { GroupCipher } from "@whiskeysockets/baileys/lib/Signal/Group/group_cipher.js";
import { GroupSessionBuilder } from "@whiskeysockets/baileys/lib/Signal/Group/group-session-builder.js";
import { SenderKeyDistributionMessage } from "@whiskeysockets/baileys/lib/Signal/Group/sender-key-distribution-message.js";
import { SenderKeyName } from "@whiskeysockets/baileys/lib/Signal/Group/sender-key-name.js";
import { SenderKeyRecord } from "@whiskeysockets/baileys/lib/Signal/Group/sender-key-record.js";
import * as libsignal from "libsignal";
import { stepRoot } from "../../../src/whatsapp/signal/double-ratchet.ts";
import type { SessionState } from "../../../src/whatsapp/signal/session-state.ts";
import type { SenderKeyState } from "../../../src/whatsapp/signal/sender-key-record.ts";
import { generateCurvePair, typedPublicKey } from "../../../src/whatsapp/signal/x25519.ts";
import type { LocalKeys, PreKeyBundle } from "../../../src/whatsapp/signal/x3dh.ts";

interface JsonRecord {
  serialize(): object;
}
/** What we use of it, since its types promise less than it has. */
interface Libsignal {
  ProtocolAddress: new (id: string, device: number) => object;
  SessionRecord: { deserialize(data: object): JsonRecord };
  SessionBuilder: new (storage: object, address: object) => { initOutgoing(bundle: object): Promise<void> };
  SessionCipher: new (
    storage: object,
    address: object,
  ) => {
    encrypt(data: Uint8Array): Promise<{ type: number; body: string }>;
    decryptWhisperMessage(data: Uint8Array): Promise<Buffer>;
    decryptPreKeyWhisperMessage(data: Uint8Array): Promise<Buffer>;
  };
}
const { ProtocolAddress, SessionRecord, SessionBuilder, SessionCipher } = libsignal as unknown as Libsignal;

/** A device's sessions with one other, as JSON. */
class Store {
  json: string | null;
  spent: number | null = null;

  readonly #local: LocalKeys;

  constructor(json: string | null, local: LocalKeys) {
    this.#local = local;
    this.json = json;
  }

  loadSession = async () =>
    this.json === null ? undefined : SessionRecord.deserialize(JSON.parse(this.json) as object);
  storeSession = async (_id: string, record: JsonRecord) => void (this.json = JSON.stringify(record.serialize()));
  isTrustedIdentity = () => true;
  getOurRegistrationId = () => this.#local.registrationId;
  getOurIdentity = () => signalPair(this.#local.identity);
  loadSignedPreKey = () => signalPair(this.#local.signedPreKey(1)!);
  loadPreKey = async (id: number) => {
    const pair = this.#local.preKey(id);
    return pair ? signalPair(pair) : undefined;
  };
  removePreKey = async (id: number) => void (this.spent = id);
}

const signalPair = (pair: { public: Buffer; private: Buffer }) => ({
  pubKey: typedPublicKey(pair.public),
  privKey: Buffer.from(pair.private),
});
const address = new ProtocolAddress("device", 1);

export async function libsignalStart(json: string | null, local: LocalKeys, bundle: PreKeyBundle): Promise<string> {
  const store = new Store(json, local);
  const { identity, registrationId, signedPreKey, preKey } = bundle;
  await new SessionBuilder(store, address).initOutgoing({
    registrationId,
    identityKey: typedPublicKey(identity),
    signedPreKey: {
      keyId: signedPreKey.id,
      publicKey: typedPublicKey(signedPreKey.key),
      signature: signedPreKey.signature,
    },
    ...(preKey ? { preKey: { keyId: preKey.id, publicKey: typedPublicKey(preKey.key) } } : {}),
  });
  return store.json ?? "";
}

export async function libsignalEncrypt(json: string, local: LocalKeys, plaintext: Uint8Array) {
  const store = new Store(json, local);
  const { type, body } = await new SessionCipher(store, address).encrypt(plaintext);
  return {
    type: type === 3 ? ("pkmsg" as const) : ("msg" as const),
    ciphertext: Buffer.from(body, "binary"),
    json: store.json ?? "",
  };
}

export async function libsignalDecrypt(
  json: string | null,
  local: LocalKeys,
  type: "pkmsg" | "msg",
  ciphertext: Buffer,
) {
  const store = new Store(json, local);
  const cipher = new SessionCipher(store, address);
  const plaintext =
    type === "pkmsg"
      ? await cipher.decryptPreKeyWhisperMessage(ciphertext)
      : await cipher.decryptWhisperMessage(ciphertext);
  return { plaintext: Buffer.from(plaintext), json: store.json ?? "", spentPreKey: store.spent };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const typed = (raw: Buffer): string => base64(typedPublicKey(raw));
const numbered = (skipped: Buffer): [number, Buffer][] =>
  Array.from({ length: skipped.length / 36 }, (_, at) => [
    skipped.readUInt32BE(at * 36),
    skipped.subarray(at * 36 + 4, at * 36 + 36),
  ]);

/** Our sessions as libsignal stores them: the way back, which only tests need. */
export function toLibsignal(sessions: readonly SessionState[], open: boolean): string {
  const entries = sessions.map((state, place) => [typed(state.baseKey), jsonOf(state, open && place === 0, place)]);
  return JSON.stringify({ _sessions: Object.fromEntries(entries) as object, version: "v1" });
}

function jsonOf(state: SessionState, open: boolean, place: number): object {
  const theirs = state.receiving.at(-1)?.ratchetKey ?? generateCurvePair().public;
  let { ownRatchet, sending, root } = state;
  if (!ownRatchet || !sending) {
    ownRatchet = generateCurvePair();
    const [next, key] = stepRoot(Buffer.from(root), ownRatchet.private, theirs);
    root = next;
    sending = { key, next: 0 };
  }
  const used = 1_700_000_000_000 - place;
  const chains = state.receiving.map(({ ratchetKey, key, next, skipped }) => [
    typed(ratchetKey),
    {
      chainKey: { counter: next - 1, ...(key ? { key: base64(key) } : {}) },
      chainType: 2,
      messageKeys: Object.fromEntries(numbered(skipped).map(([counter, seed]) => [counter, base64(seed)])),
    },
  ]);
  const own = { chainKey: { counter: sending.next - 1, key: base64(sending.key) }, chainType: 1, messageKeys: {} };
  const { pending } = state;
  return {
    registrationId: state.remoteRegistrationId,
    currentRatchet: {
      ephemeralKeyPair: { pubKey: typed(ownRatchet.public), privKey: base64(ownRatchet.private) },
      lastRemoteEphemeralKey: typed(theirs),
      previousCounter: state.previousCounter,
      rootKey: base64(root),
    },
    indexInfo: {
      baseKey: typed(state.baseKey),
      baseKeyType: pending ? 1 : 2,
      closed: open ? -1 : used,
      used,
      created: used,
      remoteIdentityKey: typed(state.remoteIdentity),
    },
    _chains: Object.fromEntries([...chains, [typed(ownRatchet.public), own]]) as object,
    ...(pending
      ? {
          pendingPreKey: {
            signedKeyId: pending.signedPreKeyId,
            baseKey: typed(state.baseKey),
            ...(pending.preKeyId === null ? {} : { preKeyId: pending.preKeyId }),
          },
        }
      : {}),
  };
}

/** Baileys reads the skipped keys of its own records as plain objects, and then cannot use them: bytes again, in place. */
function revive(value: object): void {
  for (const [key, part] of Object.entries(value) as [string, { type?: string; data?: number[] } | null][]) {
    if (typeof part !== "object" || part === null || part instanceof Uint8Array) continue;
    if (part.type === "Buffer" && part.data) (value as Record<string, unknown>)[key] = Buffer.from(part.data);
    else revive(part);
  }
}

/** One author's sender key in one group, as JSON. */
class SenderKeyStore {
  json: string | null;

  constructor(json: string | null) {
    this.json = json;
  }

  loadSenderKey = async () => {
    if (this.json === null) return new SenderKeyRecord();
    const record = SenderKeyRecord.deserialize(Buffer.from(this.json));
    revive(record);
    return record;
  };
  storeSenderKey = async (_name: unknown, record: SenderKeyRecord) =>
    void (this.json = JSON.stringify(record.serialize()));
}
const senderName = new SenderKeyName("group@g.us", { id: "device", deviceId: 1, toString: () => "device.1" });

export async function libsignalOwnSenderKey(json: string | null) {
  const store = new SenderKeyStore(json);
  const distribution = await new GroupSessionBuilder(store).create(senderName);
  return { json: store.json ?? "", distribution: Buffer.from(distribution.serialize()) };
}

export async function libsignalGroupEncrypt(json: string, plaintext: Uint8Array) {
  const store = new SenderKeyStore(json);
  const ciphertext = await new GroupCipher(store, senderName).encrypt(plaintext);
  return { json: store.json ?? "", ciphertext: Buffer.from(ciphertext) };
}

export async function libsignalGroupDecrypt(json: string | null, ciphertext: Buffer) {
  const store = new SenderKeyStore(json);
  const plaintext = await new GroupCipher(store, senderName).decrypt(ciphertext);
  return { json: store.json ?? "", plaintext: Buffer.from(plaintext) };
}

export async function libsignalAcceptSenderKey(json: string | null, distribution: Buffer): Promise<string> {
  const store = new SenderKeyStore(json);
  const message = new SenderKeyDistributionMessage(null, null, null, null, distribution);
  await new GroupSessionBuilder(store).process(senderName, message);
  return store.json ?? "";
}

/** Our sender keys as Baileys stores them. */
export function toLibsignalSenderKey(states: readonly SenderKeyState[]): string {
  const bytes = (data: Uint8Array) => ({ type: "Buffer", data: [...data] });
  return JSON.stringify(
    states.toReversed().map(({ keyId, next, chainKey, signingKey, secret, skipped }) => ({
      senderKeyId: keyId,
      senderChainKey: { iteration: next, seed: bytes(chainKey) },
      senderSigningKey: { public: bytes(typedPublicKey(signingKey)), private: bytes(scalarOf(secret)) },
      senderMessageKeys: numbered(skipped).map(([iteration, seed]) => ({ iteration, seed: bytes(seed) })),
    })),
  );
}

function scalarOf(secret: SenderKeyState["secret"]): Buffer {
  if (!secret) return Buffer.alloc(0);
  if (secret.kind === "scalar") return secret.bytes;
  const scalar = createHash("sha512").update(secret.bytes).digest().subarray(0, 32);
  scalar[0]! &= 248;
  scalar[31] = (scalar[31]! & 127) | 64;
  return scalar;
}
