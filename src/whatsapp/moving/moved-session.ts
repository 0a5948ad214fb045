import {
  type AuthenticationCreds,
  BufferJSON,
  initAuthCreds,
  jidDecode,
  proto,
  WA_ADV_DEVICE_SIG_PREFIX,
  WA_ADV_HOSTED_DEVICE_SIG_PREFIX,
} from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import type { MovedSession, MoveReport, SessionFiles } from "../../core/ports/moving.ts";
import type { VaultBatch } from "../../core/ports/vault.ts";
import "../wire/curve.ts";
import { staleCredentials } from "../session/stale-keys.ts";
import { decodeSenderKeys, encodeSenderKeys } from "../signal/sender-key-record.ts";
import { SessionRecord } from "../signal/session-record.ts";
import { agreement, generateCurvePair, rawPublicKey } from "../signal/x25519.ts";
import { verifyXeddsa } from "../signal/xeddsa.ts";
import { bare } from "../wire/jid.ts";
import { type BaileysState, type KeyType, stateIn } from "./session-files.ts";

/**
 * A linked device, from the files of a Baileys. Each session and sender key is read and written anew in our form, so that a
 * damaged one is missed now and not when its message comes. Throws `invalid`.
 */
export function movedSession(files: SessionFiles): MovedSession {
  const state = stateIn(files);
  const creds = credsOf(state.creds);
  const { keys, damaged } = keysOf(state);
  const count = (type: KeyType): number => Object.keys(keys[type] ?? {}).length;
  const hasPreKeys = count("pre-key") > 0;
  const json = textOf(creds);
  const report: MoveReport = {
    kept: {
      sessions: count("session"),
      sender_keys: count("sender-key"),
      pre_keys: count("pre-key"),
      app_state_keys: count("app-state-sync-key"),
      names: count("lid-mapping"),
      tokens: count("tctoken"),
    },
    anew: anew(count, damaged),
  };
  const { me } = creds;
  const account = {
    jid: bare(me?.id ?? ""),
    lid: me?.lid ? bare(me.lid) : null,
    name: me?.name && me.name !== "~" ? me.name : null,
  };
  // Numbers of pre-keys that are not here were given out, with other keys behind them.
  const named = withLidNames(keys);
  return { account, vault: { credentials: hasPreKeys ? json : staleCredentials(json), keys: named }, report };
}

function anew(count: (type: KeyType) => number, damaged: number): string[] {
  return [
    count("session") > 0
      ? null
      : "Sessions: none came along. Each is made anew; what was sealed for a former one is asked for again.",
    count("pre-key") > 0
      ? null
      : "Pre-keys: none came along. New ones are uploaded; first messages that were sealed for the former ones are asked for again.",
    count("app-state-sync-key") > 0
      ? null
      : "App-state keys: none came along. The phone is asked for them; until then archived, pinned and muted chats are unknown.",
    damaged === 0 ? null : `${damaged} damaged sessions or sender keys were left out and are made anew.`,
    "Chats, contacts and messages stay with the other server: this one remembers what comes from now on.",
  ].filter((each) => each !== null);
}

const wrong = (what: string): Failure =>
  new Failure("invalid", `creds.json is not that of a linked device: ${what}.`, { field: "files" });

/** Throws `invalid` for what is not linked, or does not fit together. */
function credsOf(given: Record<string, unknown>): AuthenticationCreds {
  const creds = { ...initAuthCreds(), ...given } as AuthenticationCreds;
  needAccount(creds.me);
  if (!given["account"]) throw wrong("the phone has not signed it (account)");
  if (!Number.isInteger(creds.registrationId)) throw wrong("it has no registrationId");
  const { keyPair, keyId, signature } = creds.signedPreKey ?? {};
  if (!Number.isInteger(keyId)) throw wrong("its signedPreKey has no keyId");
  const whole: AuthenticationCreds = {
    ...creds,
    noiseKey: pairIn(creds.noiseKey, "noiseKey"),
    signedIdentityKey: pairIn(creds.signedIdentityKey, "signedIdentityKey"),
    signedPreKey: {
      keyId,
      keyPair: pairIn(keyPair, "signedPreKey"),
      signature: bytesIn(signature, 64, "signedPreKey"),
    },
  };
  needSigned(whole);
  return whole;
}

/** A number and its device; LID and name where they are known. */
function needAccount(given: unknown): void {
  const me = (given ?? {}) as { id?: unknown; lid?: unknown; name?: unknown };
  const decoded = typeof me.id === "string" ? jidDecode(me.id) : undefined;
  const isNumber = /^\d+$/.test(decoded?.user ?? "") && /^(s\.whatsapp\.net|c\.us|hosted)$/.test(decoded?.server ?? "");
  if (!isNumber || !decoded?.device) throw wrong("it names no account and device (me.id)");
  if (typeof (me.lid ?? "") !== "string") throw wrong("its me.lid is no text");
  if (typeof (me.name ?? "") !== "string") throw wrong("its me.name is no text");
}

/** Bytes may stand wherever Baileys keeps some: what only looks like them cannot be written. */
function textOf(creds: AuthenticationCreds): string {
  try {
    return JSON.stringify(creds, BufferJSON.replacer);
  } catch {
    throw wrong("it has bytes that are none");
  }
}

/** The device signed what the phone signed: identity and account belong together. */
function needSigned({ account, signedIdentityKey }: AuthenticationCreds): void {
  const identity = rawPublicKey(signedIdentityKey.public);
  try {
    const { details, accountSignatureKey, deviceSignature } = proto.ADVSignedDeviceIdentity.fromObject(account ?? {});
    const signs = (prefix: Uint8Array): boolean =>
      verifyXeddsa(
        identity,
        Buffer.concat([prefix, details ?? new Uint8Array(), identity, accountSignatureKey ?? new Uint8Array()]),
        deviceSignature ?? new Uint8Array(),
      );
    if (signs(WA_ADV_DEVICE_SIG_PREFIX) || signs(WA_ADV_HOSTED_DEVICE_SIG_PREFIX)) return;
  } catch {
    // Nor does it read.
  }
  throw wrong("its identity did not sign its account, so the file is damaged or made of two");
}

interface Halves {
  public: Buffer;
  private: Buffer;
}

function halvesIn(given: unknown, name: string): Halves {
  const { public: open, private: secret } = (given ?? {}) as { public?: unknown; private?: unknown };
  return { public: rawPublicKey(publicIn(open, name)), private: bytesIn(secret, 32, name) };
}

/** The same, of two that belong together. */
function pairIn(given: unknown, name: string): Halves {
  const pair = halvesIn(given, name);
  const other = generateCurvePair();
  const fits = agreement(pair.private, other.public).equals(agreement(other.private, pair.public));
  if (!fits) throw wrong(`the halves of its ${name} do not belong together`);
  return pair;
}

const publicIn = (given: unknown, name: string): Buffer => {
  const bytes = asBytes(given);
  if (bytes?.length === 32 || (bytes?.length === 33 && bytes[0] === 5)) return bytes;
  throw wrong(`its ${name} has no public key`);
};

function bytesIn(given: unknown, length: number, name: string): Buffer {
  const bytes = asBytes(given);
  if (bytes?.length !== length) throw wrong(`its ${name} lacks ${length} bytes`);
  return bytes;
}

/** Bytes as Baileys' stores have had them: themselves, base64, or an object of numbers. Null is none. */
function asBytes(given: unknown): Buffer | null {
  if (given instanceof Uint8Array) return Buffer.from(given);
  if (typeof given === "string") return Buffer.from(given, "base64");
  if (typeof given !== "object" || given === null) return null;
  const values = Object.values(given);
  return values.length > 0 && values.every((each) => Number.isInteger(each)) ? Buffer.from(values as number[]) : null;
}

type Keys = NonNullable<VaultBatch["keys"]>;

/** As the vault has them. */
function keysOf({ keys }: BaileysState): { keys: Keys; damaged: number } {
  const made: Keys = {};
  let damaged = 0;
  for (const [type, entries] of Object.entries(keys)) {
    const kept: Record<string, string | Uint8Array> = {};
    for (const [id, value] of Object.entries(entries)) {
      try {
        kept[id] = stored(type as KeyType, value);
      } catch {
        damaged += 1;
      }
    }
    made[type] = kept;
  }
  return { keys: made, damaged };
}

/** `<user>.<device>` of a session, `<group>::<user>::<device>` of a sender key. */
const plainName = /^(.*::)?(\d+)(\.|::)(\d+)$/;

/**
 * Baileys 6 named a person's LID as it named a number, `339173697602264.0`; since 7 it is `339173697602264_1.0`, and only that
 * is looked for. Which of the two a name is, nothing tells: it is kept as both, and the wrong one is nobody's.
 */
function withLidNames(keys: Keys): Keys {
  const isOfSix = !keys["lid-mapping"] && !Object.keys(keys["session"] ?? {}).some((name) => name.includes("_"));
  if (!isOfSix) return keys;
  const both = (entries: Keys[string] = {}): Keys[string] => {
    const lids = Object.entries(entries)
      .filter(([name]) => plainName.test(name))
      .map(([name, value]) => [name.replace(plainName, "$1$2_1$3$4"), value]);
    return { ...entries, ...(Object.fromEntries(lids) as Keys[string]) };
  };
  return { ...keys, session: both(keys["session"]), "sender-key": both(keys["sender-key"]) };
}

/** Throws what cannot be read. */
function stored(type: KeyType, value: unknown): string | Uint8Array {
  switch (type) {
    case "session":
      return SessionRecord.read(recordIn(value)).encode();
    case "sender-key":
      return encodeSenderKeys(decodeSenderKeys(recordIn(value)));
    case "identity-key":
      return bytesIn(value, 33, type);
    case "pre-key":
      return JSON.stringify(halvesIn(value, type), BufferJSON.replacer);
    default:
      return JSON.stringify(value, BufferJSON.replacer);
  }
}

/** libsignal's record as the JSON that it was, or ours as bytes. */
function recordIn(value: unknown): string | Uint8Array {
  if (value instanceof Uint8Array) {
    const first = value[0];
    return first === 0x7b || first === 0x5b ? Buffer.from(value).toString() : value;
  }
  return typeof value === "string" ? value : JSON.stringify(value, BufferJSON.replacer);
}
