import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildUInt } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { Message } from "../../core/model/message/message.ts";
import type { GroupCache } from "../account/groups.ts";
import type { SignalStore } from "../session/signal-store.ts";
import { bare, isGroup, isStatus } from "../wire/jid.ts";
import type { AccountAddressing } from "./addressing.ts";
import { keyBundle } from "./key-bundles.ts";
import type { MessageRelay } from "./message-relay.ts";
import type { DeviceSessions } from "./device-sessions.ts";

/** How often one device gets one message again: readers ask up to five times (whatsmeow, zapo, 2026-08). */
const mostResends = 5;
const mostRemembered = 10_000;

export interface ResendPorts {
  addressing: AccountAddressing;
  groups: GroupCache;
  signal: SignalStore;
  sessions: DeviceSessions;
  relay: MessageRelay;
  find(waId: string): Promise<Message | null>;
}

/** Retry receipts: a device could not read a message of ours and asks for it again. It alone gets it, over a new session. */
export class Resends {
  /** By message and device. Outlives connections, or a message could go in circles for ever. */
  readonly #counts = new Map<string, number>();
  readonly #busy = new Set<string>();

  async asked(receipt: BinaryNode, ports: ResendPorts): Promise<void> {
    const { from = "", participant = from, id = "" } = receipt.attrs;
    const message = await ports.find(id);
    const key = `${id}|${participant}`;
    const count = this.#counts.get(key) ?? 0;
    const asked = Number(getBinaryNodeChild(receipt, "retry")?.attrs.count ?? 1) || 1;
    if (!message || message.wire === null || count >= mostResends || this.#busy.has(key)) return;
    if (!(await mayHave(message, participant, ports))) return;
    this.#busy.add(key);
    try {
      await renewSession(receipt, participant, asked, ports);
      await ports.relay.resend(message, message.wire, participant, asked);
      this.#counts.set(key, count + 1);
      dropOldest(this.#counts, mostRemembered);
    } finally {
      this.#busy.delete(key);
    }
  }
}

/** Only who the message was for, or a device of the own account. What was read needs no other copy. */
async function mayHave(message: Message, device: string, { addressing, groups, relay }: ResendPorts): Promise<boolean> {
  const { chat, context, delivery } = message;
  if (relay.isOwn(device)) return true;
  const names = [bare(device), await addressing.otherNameOf(device)];
  if (isStatus(chat)) return await isAmong(context.audience ?? [], names, addressing);
  if (isGroup(chat)) {
    const { participants } = await groups.known(chat);
    return participants.some(({ id, lid, phoneNumber }) =>
      [id, lid, phoneNumber].some((one) => one && names.includes(bare(one))),
    );
  }
  return delivery !== "read" && delivery !== "played" && isAmong([chat], names, addressing);
}

async function isAmong(
  people: readonly string[],
  names: readonly (string | null)[],
  addressing: AccountAddressing,
): Promise<boolean> {
  for (const jid of people)
    if (names.includes(bare(jid)) || names.includes(await addressing.otherNameOf(jid))) return true;
  return false;
}

/** By the keys that it sent along; without them by those on the server, once the one in use may be at fault. */
async function renewSession(
  receipt: BinaryNode,
  device: string,
  asked: number,
  { signal, sessions }: ResendPorts,
): Promise<void> {
  const keys = getBinaryNodeChild(receipt, "keys");
  const bundle = keys ? keyBundle(keys, receipt) : null;
  const { open } = await signal.inspect(device);
  const registration = getBinaryNodeChildUInt(receipt, "registration", 4);
  const isOther = open !== null && registration !== undefined && registration !== open.registrationId;
  if (bundle || !open || isOther || asked > 1) await sessions.renew(device, bundle);
}
