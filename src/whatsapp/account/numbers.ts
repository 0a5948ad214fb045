import { day } from "../../core/base/durations.ts";
import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, type WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import { Bucket } from "../../core/policy/pace.ts";
import type { NumberCheck } from "../../core/ports/people.ts";
import { bare, isLid, phoneOf } from "../wire/jid.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";

const mostKept = 10_000;
/** Accounts that check numbers by the hundred are banned. */
const pace = { perSecond: 10 / 60, burst: 10 };

/** Which numbers WhatsApp knows: answers are kept for a day, and each device asks for ten a minute. */
export class Numbers {
  readonly #known = new Map<string, { check: NumberCheck; until: number }>();
  readonly #buckets = new Map<string, Bucket>();

  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `rate_limited` while some are not known yet: what could be asked is, so that asking again gets further. */
  async check(device: string, sock: WASocket, phones: readonly string[]): Promise<NumberCheck[]> {
    const unknown = [...new Set(phones)].filter((phone) => this.#get(phone) === null);
    const { count, wait } = this.#allowed(device, unknown.length);
    if (count > 0) await this.#ask(sock, unknown.slice(0, count));
    if (count < unknown.length) throw tooMany(unknown.length - count, wait);
    return phones.flatMap((phone) => this.#get(phone) ?? []);
  }

  async #ask(sock: WASocket, phones: readonly string[]): Promise<void> {
    const found = await looked(sock, phones);
    for (const phone of phones) this.#keep(found.get(phone) ?? { phone, exists: false, jid: null, lid: null });
  }

  /** How many of so many may be asked for now, and in how many milliseconds the next. */
  #allowed(device: string, most: number): { count: number; wait: number } {
    const now = this.#clock.monotonic();
    let bucket = this.#buckets.get(device);
    if (!bucket) this.#buckets.set(device, (bucket = new Bucket(pace, now)));
    let count = 0;
    let wait = 0;
    while (count < most && (wait = bucket.take(now)) === 0) count++;
    return { count, wait };
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

const tooMany = (left: number, wait: number): Failure =>
  new Failure(
    "rate_limited",
    `WhatsApp bans accounts that check many numbers, so ten a minute are asked for; ${left} of these are still to come. The others are known now: make the same call again.`,
    { retryAfter: Math.ceil(Math.max(wait, Math.min(left, 10) * 6_000) / 1000) },
  );
