import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, type WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { hour } from "../../core/base/durations.ts";
import { Failure } from "../../core/base/failure.ts";
import type { PersonNames } from "../../core/model/person.ts";
import type { UsernameRef } from "../../core/model/username.ts";
import type { Named } from "../../core/ports/groups.ts";
import { bare, isLid, phoneOf } from "../wire/jid.ts";
import type { LookUpPace } from "./look-up-pace.ts";

const mostKept = 10_000;

export type UsernameAnswer = Named | "nobody" | "wants_key";

/** Who goes by a username: an answer is kept for an hour at most, for names change hands. */
export class Usernames {
  readonly #known = new Map<string, { answer: UsernameAnswer; until: number }>();
  readonly #clock: Clock;
  readonly #pace: LookUpPace;

  constructor(clock: Clock, pace: LookUpPace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  /** `known`: who goes by it as far as was told. Throws `rate_limited` when the device asked for too many people. */
  async lookUp(device: string, sock: WASocket, ref: UsernameRef, known: PersonNames | null): Promise<UsernameAnswer> {
    const name = `${device}|${ref.username}|${ref.key ?? ""}`;
    const kept = this.#known.get(name);
    if (kept && kept.until > this.#clock.now() && isStill(kept.answer, known)) return kept.answer;
    const { count, wait } = this.#pace.take(device, 1);
    if (count === 0) throw tooMany(wait);
    const answer = await looked(sock, ref);
    // The number may be another by the time it is told again.
    const lasting = typeof answer === "string" ? answer : { ...answer, phone: null };
    this.#known.set(name, { answer: lasting, until: this.#clock.now() + hour });
    dropOldest(this.#known, mostKept);
    return answer;
  }
}

/** Whether what was answered holds: word of a name that was taken or given up comes before the hour is over. */
function isStill(answer: UsernameAnswer, known: PersonNames | null): boolean {
  if (typeof answer === "string") return answer === "wants_key" || known === null;
  if (known === null) return false;
  return answer.lid === null ? known.phone === phoneOf(answer.jid) : known.lid === answer.lid;
}

/**
 * Asks as WhatsApp Web does. An answer without a JID wants the key; the type `out` and an error say that nobody goes by the name
 * (zapo 1.8, 2026-08-19).
 */
async function looked(sock: WASocket, { username, key }: UsernameRef): Promise<UsernameAnswer> {
  const attrs = { sid: sock.generateMessageTag(), mode: "query", last: "true", index: "0", context: "interactive" };
  const contact = { tag: "contact", attrs: { username, ...(key === null ? {} : { pin: key }) } };
  const query = [
    { tag: "contact", attrs: { addressing_mode: "lid" } },
    { tag: "business", attrs: {}, content: [{ tag: "verified_name", attrs: {} }] },
  ];
  const content = [
    { tag: "query", attrs: {}, content: query },
    { tag: "list", attrs: {}, content: [{ tag: "user", attrs: {}, content: [contact] }] },
  ];
  const iq = { tag: "iq", attrs: { to: "s.whatsapp.net", type: "get", xmlns: "usync" } };
  const answer = await sock.query({ ...iq, content: [{ tag: "usync", attrs, content }] });
  const list = getBinaryNodeChild(getBinaryNodeChild(answer, "usync"), "list");
  const [user] = getBinaryNodeChildren(list, "user");
  return answerOf(user, username);
}

function answerOf(user: BinaryNode | undefined, username: string): UsernameAnswer {
  const contact = getBinaryNodeChild(user, "contact");
  const isNobody = contact?.attrs.type === "out" || getBinaryNodeChild(contact, "error") !== undefined;
  if (!user || isNobody || getBinaryNodeChild(user, "error")) return "nobody";
  const { jid = "", pn_jid: byNumber = jid } = user.attrs;
  if (jid === "") return "wants_key";
  return { jid: bare(jid), phone: phoneOf(byNumber), lid: isLid(jid) ? bare(jid) : null, username };
}

const tooMany = (wait: number): Failure =>
  new Failure(
    "rate_limited",
    "WhatsApp bans accounts that look many people up, so ten a minute are asked for. Use their number or LID, or try again later.",
    { retryAfter: Math.ceil(wait / 1000) },
  );
