import { createPrivateKey, createPublicKey } from "node:crypto";
import { BufferJSON, proto } from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";
import { encodeSenderKeys } from "../signal/sender-key-record.ts";
import { SessionRecord } from "../signal/session-record.ts";
import { typedPublicKey } from "../signal/x25519.ts";
import { goSenderKeys, goSessions } from "./go-libsignal.ts";

type Bytes = Uint8Array;

/** Rows of whatsmeow's tables of one device, by the names of their columns (sqlstore, schema of 2026-08). */
export interface WhatsmeowRows {
  device: {
    jid: string;
    lid: string | null;
    registration_id: number | string;
    noise_key: Bytes;
    identity_key: Bytes;
    signed_pre_key: Bytes;
    signed_pre_key_id: number;
    signed_pre_key_sig: Bytes;
    adv_key: Bytes;
    adv_details: Bytes;
    adv_account_sig: Bytes;
    adv_account_sig_key: Bytes;
    adv_device_sig: Bytes;
    platform: string;
    push_name: string;
  };
  sessions: { their_id: string; session: Bytes }[];
  identities: { their_id: string; identity: Bytes }[];
  preKeys: { key_id: number; key: Bytes; uploaded: boolean | number }[];
  senderKeys: { chat_id: string; sender_id: string; sender_key: Bytes }[];
  appStateKeys: { key_id: Bytes; key_data: Bytes; timestamp: number | bigint; fingerprint: Bytes }[];
  names: { lid: string; pn: string }[];
  tokens: { their_jid: string; token: Bytes; timestamp: number | bigint }[];
}

/**
 * What whatsmeow keeps of a device, as the files of a Baileys folder. Sessions and sender keys are translated; keys of messages
 * that had not come yet are not, since whatsmeow keeps what follows from them only. Versions of the app state stay behind: it
 * is read anew.
 */
export function whatsmeowFiles(rows: WhatsmeowRows): SessionFiles {
  const files: Record<string, string> = { "creds.json": json(credsOf(rows)) };
  const keep = (type: string, id: string, value: unknown): void => void (files[`${type}-${id}.json`] = json(value));
  for (const { their_id: id, session } of rows.sessions)
    keep("session", addressOf(id), translated(sessionBytes, session));
  for (const { their_id: id, identity } of rows.identities)
    keep("identity-key", addressOf(id), typedPublicKey(Buffer.from(identity)));
  for (const { key_id: id, key } of rows.preKeys) keep("pre-key", String(id), pairOf(key));
  for (const { chat_id: chat, sender_id: sender, sender_key: key } of rows.senderKeys)
    keep("sender-key", `${chat}::${sender.replace(/:(\d+)$/, "::$1")}`, translated(senderKeyBytes, key));
  for (const { key_id: id, key_data: keyData, timestamp, fingerprint } of rows.appStateKeys)
    keep("app-state-sync-key", base64(id), {
      keyData: base64(keyData),
      timestamp: String(timestamp),
      fingerprint: proto.Message.AppStateSyncKeyFingerprint.decode(fingerprint).toJSON(),
    });
  for (const { lid, pn } of rows.names) {
    keep("lid-mapping", pn, lid);
    keep("lid-mapping", `${lid}_reverse`, pn);
  }
  for (const { their_jid: jid, token, timestamp } of rows.tokens)
    keep("tctoken", jid, { token: Buffer.from(token), timestamp: String(timestamp) });
  return files;
}

const json = (value: unknown): string => JSON.stringify(value, BufferJSON.replacer);
const base64 = (bytes: Bytes): string => Buffer.from(bytes).toString("base64");
/** `628…:0` and `1234_1:0`, as Baileys and this project write them. */
const addressOf = (id: string): string => id.replace(/:(\d+)$/, ".$1");

/** What does not read is null: the import leaves it out and says so. */
function translated(translate: (bytes: Buffer) => Buffer, stored: Bytes): Buffer | string {
  try {
    return translate(Buffer.from(stored));
  } catch {
    return "damaged";
  }
}

function sessionBytes(stored: Buffer): Buffer {
  const record = SessionRecord.read(null);
  const { sessions, isOpen } = goSessions(stored);
  for (const session of sessions.toReversed()) record.add(session);
  if (!isOpen) record.close();
  return record.encode();
}

const senderKeyBytes = (stored: Buffer): Buffer => encodeSenderKeys(goSenderKeys(stored));

/** whatsmeow keeps private keys alone. */
function pairOf(secret: Bytes): { public: Buffer; private: Buffer } {
  const key = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), secret]);
  const open = createPublicKey(createPrivateKey({ key, format: "der", type: "pkcs8" }));
  return { public: open.export({ format: "der", type: "spki" }).subarray(-32), private: Buffer.from(secret) };
}

function credsOf({ device, preKeys }: WhatsmeowRows): object {
  if (!device.adv_details) throw new Failure("invalid", "This device of whatsmeow was never linked.");
  const next = Math.max(0, ...preKeys.map(({ key_id: id }) => id)) + 1;
  const account = proto.ADVSignedDeviceIdentity.create({
    details: device.adv_details,
    accountSignature: device.adv_account_sig,
    accountSignatureKey: device.adv_account_sig_key,
    deviceSignature: device.adv_device_sig,
  });
  const { jid, lid, push_name: name } = device;
  return {
    noiseKey: pairOf(device.noise_key),
    signedIdentityKey: pairOf(device.identity_key),
    signedPreKey: {
      keyId: device.signed_pre_key_id,
      keyPair: pairOf(device.signed_pre_key),
      signature: Buffer.from(device.signed_pre_key_sig),
    },
    // PostgreSQL gives its large numbers as text.
    registrationId: Number(device.registration_id),
    advSecretKey: base64(device.adv_key),
    account: account.toJSON(),
    me: { id: jid, ...(lid ? { lid } : {}), name },
    signalIdentities: [
      {
        identifier: { name: lid ?? jid, deviceId: 0 },
        identifierKey: typedPublicKey(Buffer.from(device.adv_account_sig_key)),
      },
    ],
    platform: device.platform,
    registered: true,
    nextPreKeyId: next,
    firstUnuploadedPreKeyId: next,
  };
}
