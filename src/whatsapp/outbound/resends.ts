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
    if (!(await mayHave(message, participant, askersOf(ports)))) return;
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

/** What is known of those who ask for a message again. */
export interface Askers {
  isOwn(device: string): boolean;
  /** The second name of a person, as far as it is known. */
  otherNameOf(jid: string): Promise<string | null>;
  /** A group's members, by all their names. */
  membersOf(group: string): Promise<readonly string[]>;
}

const askersOf = ({ addressing, groups, relay }: ResendPorts): Askers => ({
  isOwn: (device) => relay.isOwn(device),
  otherNameOf: (jid) => addressing.otherNameOf(jid),
  membersOf: async (group) => {
    const { participants } = await groups.known(group);
    return participants.flatMap(({ id, lid, phoneNumber }) =>
      [id, lid, phoneNumber].filter((one) => one !== undefined),
    );
  },
});

/** Only who the message was for, or a device of the own account. What was read needs no other copy. */
export async function mayHave(
  { chat, context, delivery }: Pick<Message, "chat" | "context" | "delivery">,
  device: string,
  askers: Askers,
): Promise<boolean> {
  if (askers.isOwn(device)) return true;
  const names = [bare(device), await askers.otherNameOf(device)];
  if (isStatus(chat)) return isAmong(context.audience ?? [], names, askers);
  if (isGroup(chat)) return (await askers.membersOf(chat)).some((one) => names.includes(bare(one)));
  return delivery !== "read" && delivery !== "played" && isAmong([chat], names, askers);
}

async function isAmong(people: readonly string[], names: readonly (string | null)[], askers: Askers): Promise<boolean> {
  for (const jid of people) if (names.includes(bare(jid)) || names.includes(await askers.otherNameOf(jid))) return true;
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
