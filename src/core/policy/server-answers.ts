/**
 * What an answer of WhatsApp's servers is about:
 * - `passing`: the server, not the message. It waits and leaves again with the same id.
 * - `moved`: what this client knows of the chat is out of date. It is asked anew, and the message leaves once more.
 * - `account`: what the account may do. The governor decides.
 * - `final`: the message itself. It failed.
 */
export type AnswerClass = "passing" | "moved" | "account" | "final";

export interface ServerAnswer {
  readonly class: AnswerClass;
  /** The whole device asks too much: nothing of it leaves for a while. */
  readonly pausesDevice: boolean;
  /** A sentence for people, which ends a message that WhatsApp does not take. */
  readonly words: string;
}

/**
 * Codes of message acks and of refused questions, as whatsmeow, whatsapp-rust and zapo read them (2026-08). What nobody has
 * seen yet is told by its first digit.
 */
export const serverAnswers: Readonly<Record<string, readonly [AnswerClass, string]>> = {
  "400": ["moved", "WhatsApp found the message malformed, or addressed by the wrong name"],
  "401": ["final", "the account may not write there"],
  "402": ["account", "the account is restricted"],
  "403": ["final", "the account may not write there"],
  "404": ["final", "there is no such chat any more"],
  "405": ["final", "WhatsApp does not take this kind of message there"],
  "406": ["final", "WhatsApp does not take what the message holds"],
  "408": ["passing", "WhatsApp was too slow to answer"],
  "409": ["final", "the message contradicts what WhatsApp has"],
  "410": ["final", "the chat is gone"],
  "413": ["final", "the message is too large for WhatsApp"],
  "419": ["final", "the group is full"],
  "421": ["moved", "the group's members go by other names now"],
  "428": ["passing", "the connection to WhatsApp closed"],
  "429": ["passing", "WhatsApp was asked too much"],
  "431": ["final", "the message names too many"],
  "463": ["account", "WhatsApp lets the account not write to this person"],
  "475": ["account", "the account has used up its new chats"],
  "479": ["final", "the message breaks WhatsApp's rules for its kind"],
  "487": ["final", "WhatsApp could not parse the message"],
  "488": ["final", "WhatsApp does not know this stanza"],
  "489": ["final", "WhatsApp does not know the message's class"],
  "490": ["final", "WhatsApp does not know the message's type"],
  "491": ["final", "WhatsApp could not read the message's content"],
  "493": ["final", "WhatsApp refused it to a hosted device"],
  "495": ["final", "the message that it adds to has no secret"],
  "496": ["final", "the message's key is too old"],
  "499": ["final", "the message that it speaks of was deleted"],
  "500": ["passing", "WhatsApp had a fault of its own"],
  "501": ["final", "WhatsApp does not offer this"],
  "502": ["passing", "WhatsApp was out of reach"],
  "503": ["passing", "WhatsApp was busy"],
  "504": ["passing", "WhatsApp was too slow to answer"],
  "550": ["final", "the group's admins may not delete it"],
  "551": ["final", "the group does not take messages by LID"],
  "552": ["passing", "WhatsApp could not store it"],
};

/** What WhatsApp means by a code; pure. */
export function serverAnswer(code: string): ServerAnswer {
  const [kind, words] = Object.hasOwn(serverAnswers, code) ? (serverAnswers[code] ?? unheardOf(code)) : unheardOf(code);
  return {
    class: kind,
    pausesDevice: code === "429",
    words: `WhatsApp refused the message (error ${code}): ${words}.`,
  };
}

function unheardOf(code: string): readonly [AnswerClass, string] {
  return /^5\d\d$/.test(code)
    ? ["passing", "it had a fault of its own"]
    : ["final", "nobody knows yet what that means"];
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * How long to wait after the `attempt`th passing answer in a row (from 1), in milliseconds: doubling up to a minute, the later
 * half of it by chance, so that what failed together does not come back together. `dice` in [0, 1). Pure.
 */
export function sendPause(attempt: number, dice: number): number {
  const span = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 16));
  return Math.round(span / 2 + (span / 2) * dice);
}
