import { inflateSync } from "node:zlib";
import { proto, unpadRandomMax16 } from "@whiskeysockets/baileys";
import type { ContactChange } from "../../core/ports/contacts.ts";
import { jidOfPhone, type SeenNames } from "../../core/model/person.ts";
import { bare, isLid, phoneOf } from "../wire/jid.ts";
import { wireFields } from "../codec/fields/wire-fields.ts";
import type { AppStateMutation } from "../wire/dial.ts";
import type { AccountAddressing } from "./addressing.ts";
import type { PrivacyTokens } from "./privacy-tokens.ts";

/** History may inflate to so many bytes. */
const mostBytes = 256 * 2 ** 20;
/** `HistorySync.nctSalt`, which the installed definition does not know (wa-proto, 2026-08). */
const nctSalt = 19;
/** `HistorySync.inlineContacts`. */
const inlineContacts = 20;
/** How many people are told of at once. */
const slice = 200;
/** `SyncActionData.value`, and `nctSaltSyncAction` of it. */
const syncValue = 2;
const saltAction = 80;
const { REMOVE } = proto.SyncdMutation.SyncdOperation;
const { LID_MIGRATION_MAPPING_SYNC, HISTORY_SYNC_NOTIFICATION } = proto.Message.ProtocolMessage.Type;

export interface ErrandPorts {
  addressing: Pick<AccountAddressing, "rise">;
  tokens: Pick<PrivacyTokens, "keepSalt">;
  /** Two names of one person. */
  learn(lid: string, phoneJid: string): Promise<void>;
  /** People whom the phone knows. */
  readonly met: (contacts: ContactChange[]) => void;
  /** Takes word of who is who. */
  seen(names: readonly SeenNames[]): void;
}

/** What the own phone tells its companions that concerns sending. `plaintext` came from the own account. */
export async function heedErrand(plaintext: Uint8Array, ports: ErrandPorts): Promise<void> {
  const { protocolMessage: said } = proto.Message.decode(unpadRandomMax16(plaintext));
  if (said?.type === LID_MIGRATION_MAPPING_SYNC) {
    const payload = said.lidMigrationMappingSyncMessage?.encodedMappingPayload;
    if (payload) await heedMigration(payload, ports);
  }
  if (said?.type === HISTORY_SYNC_NOTIFICATION) {
    const inline = said.historySyncNotification?.initialHistBootstrapInlinePayload;
    if (inline?.length) heedHistory(inflateSync(inline, { maxOutputLength: mostBytes }), ports);
  }
}

/** The pairs first, then the flag: who is written to by LID must have one. */
async function heedMigration(payload: Uint8Array, ports: ErrandPorts): Promise<void> {
  const { pnToLidMappings } = proto.LIDMigrationMappingSyncPayload.decode(payload);
  const names: SeenNames[] = [];
  for (const { pn, latestLid, assignedLid } of pnToLidMappings) {
    // 0 is "absent" (whatsapp-rust, 2026-08).
    const lid = [latestLid, assignedLid].map(String).find((one) => /^[1-9]\d*$/.test(one));
    const number = String(pn);
    if (lid === undefined || !/^[1-9]\d*$/.test(number)) continue;
    await ports.learn(`${lid}@lid`, jidOfPhone(number));
    names.push({ phone: number, lid: `${lid}@lid`, source: "migration" });
  }
  for (let at = 0; at < names.length; at += slice) ports.seen(names.slice(at, at + slice));
  ports.addressing.rise();
}

/** The bytes of a history file as they come, which are looked at once they are whole. What cannot be read is Baileys' to tell. */
export async function* heedingHistory(bytes: AsyncIterable<Uint8Array>, ports: ErrandPorts): AsyncIterable<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) {
    parts.push(part);
    yield part;
  }
  try {
    heedHistory(inflateSync(Buffer.concat(parts), { maxOutputLength: mostBytes }), ports);
  } catch {
    // No history, then.
  }
}

/** The salt of first messages, as the account's devices share it: set, set anew, or taken away (wa-proto, 2026-08). */
export function heedMutation({ index: [name], operation, raw }: AppStateMutation, tokens: PrivacyTokens): void {
  if (name !== "nct_salt_sync") return;
  if (operation === REMOVE) return tokens.keepSalt(null);
  try {
    const salt = inside(inside(inside(raw, syncValue), saltAction), 1);
    if (salt) tokens.keepSalt(salt);
  } catch {
    // No message, then.
  }
}

/** The bytes of a field that is in a message once; null when it is not there. */
function inside(message: Uint8Array | null, field: number): Uint8Array | null {
  const found = message && wireFields(message).find(({ number, bytes }) => number === field && bytes !== null);
  return found?.bytes ?? null;
}

/** A chunk of history, inflated: the salt of first messages, and whether the account has moved to LIDs. */
function heedHistory(chunk: Uint8Array, { addressing, tokens, met }: ErrandPorts): void {
  const salt = inside(chunk, nctSalt);
  if (salt) tokens.keepSalt(salt);
  const people = wireFields(chunk).flatMap(({ number, bytes }) =>
    number === inlineContacts && bytes !== null ? contactIn(bytes) : [],
  );
  for (let at = 0; at < people.length; at += slice) met(people.slice(at, at + slice));
  const settings = inside(chunk, globalSettings);
  const { chatDbLidMigrationTimestamp: moved } = settings ? proto.GlobalSettings.decode(settings) : {};
  if (Number(moved ?? 0) > 0) addressing.rise();
}

/** `InlineContact`: number and LID JID, full and first name (wa-proto, 2026-08). None of somebody without either JID. */
function contactIn(contact: Uint8Array): ContactChange[] {
  const text = (field: number) => {
    const bytes = inside(contact, field);
    return bytes === null || bytes.length === 0 ? null : Buffer.from(bytes).toString();
  };
  const [phone, lid] = [phoneOf(text(1)), text(2) ?? ""];
  if (phone === null && !isLid(lid)) return [];
  return [{ phone, lid: isLid(lid) ? bare(lid) : null, name: text(3) ?? text(4), pushName: null, old: true }];
}

/** `HistorySync.globalSettings`. */
const globalSettings = 8;
