import { day } from "../../core/base/durations.ts";
import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, type WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { NumberAnswers, NumberCheck } from "../../core/ports/people.ts";
import { bare, isLid, phoneOf } from "../wire/jid.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { lookUpEvery, type LookUpPace } from "./look-up-pace.ts";

const mostKept = 10_000;
/** How long WhatsApp may take; what it says later is known to the next call. Milliseconds. */
const answerMs = 7_000;

/** Which numbers WhatsApp knows: answers are kept for a day. */
export class Numbers {
  readonly #known = new Map<string, { check: NumberCheck; until: number }>();
  readonly #clock: Clock;
  readonly #pace: LookUpPace;

  constructor(clock: Clock, pace: LookUpPace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  /** What is known, once WhatsApp has been asked for as many as the pace allows. Throws what asking throws. */
  async check(device: string, sock: WASocket, phones: readonly string[]): Promise<NumberAnswers> {
    const unknown = [...new Set(phones)].filter((phone) => this.#get(phone) === null);
    const { count, wait } = this.#pace.take(device, unknown.length);
    if (count > 0) await this.#inTime(this.#ask(sock, unknown.slice(0, count)));
    const pending = unknown.filter((phone) => this.#get(phone) === null);
    const known = phones.flatMap((phone) => this.#get(phone) ?? []);
    return { known, pending, wait: pending.length === 0 ? 0 : Math.max(wait, lookUpEvery) };
  }

  async #inTime(asking: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(answerMs, late.resolve);
    await Promise.race([asking, late.promise]).finally(cancel);
    asking.catch(() => {}); // nobody waits for it any more
  }

  async #ask(sock: WASocket, phones: readonly string[]): Promise<void> {
    const found = await looked(sock, phones);
    for (const phone of phones) this.#keep(found.get(phone) ?? { phone, exists: false, jid: null, lid: null });
  }

  #get(phone: string): NumberCheck | null {
    const found = this.#known.get(phone);
    return found && found.until > this.#clock.now() ? found.check : null;
  }

  #keep(check: NumberCheck): void {
    this.#known.set(check.phone, { check, until: this.#clock.now() + day });
    dropOldest(this.#known, mostKept);
  }
}

/**
 * Baileys' own call tells neither the LID nor which answer is for which number: some countries have numbers of two
 * forms, and the account goes by the other one.
 */
async function looked(sock: WASocket, phones: readonly string[]): Promise<Map<string, NumberCheck>> {
  const attrs = { sid: sock.generateMessageTag(), mode: "query", last: "true", index: "0", context: "interactive" };
  const users = phones.map((phone) => {
    const contact = { tag: "contact", attrs: {}, content: `+${phone}` };
    return { tag: "user", attrs: {}, content: [contact] };
  });
  const content = [
    { tag: "query", attrs: {}, content: ["contact", "lid"].map((tag) => ({ tag, attrs: {} })) },
    { tag: "list", attrs: {}, content: users },
  ];
  const iq = { tag: "iq", attrs: { to: "s.whatsapp.net", type: "get", xmlns: "usync" } };
  const answer = await sock.query({ ...iq, content: [{ tag: "usync", attrs, content }] });
  const list = getBinaryNodeChild(getBinaryNodeChild(answer, "usync"), "list");
  const checks = getBinaryNodeChildren(list, "user").map(checkOf);
  return new Map(checks.map((check) => [check.phone, check]));
}

function checkOf(user: BinaryNode): NumberCheck {
  const contact = getBinaryNodeChild(user, "contact");
  const asked = Buffer.from((contact?.content ?? "") as Uint8Array | string)
    .toString()
    .replaceAll(/\D/g, "");
  const exists = contact?.attrs.type === "in";
  const { jid = "", pn_jid: byNumber = jid } = user.attrs;
  const phone = asked || (phoneOf(byNumber) ?? "");
  const lid = getBinaryNodeChild(user, "lid")?.attrs.val ?? (isLid(jid) ? jid : null);
  return { phone, exists, jid: exists ? bare(byNumber) : null, lid: exists && lid ? bare(lid) : null };
}
