import type { SignalOf } from "../ports/connector.ts";
import type { Reason, CloseAction } from "../model/phase.ts";

/** Longest pause between two attempts to reconnect. */
const capMs = 60_000;
const baseMs = 1_000;

/** Full jitter: a random part of a doubling span, so that many devices do not come back at once. `dice` is in [0, 1). */
export function backoff(attempt: number, dice: number): number {
  return Math.round(dice * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 10)));
}

/** What the device went through lately, on which the meaning of a code depends. */
export interface DisconnectHistory {
  /** Closed connections since the last stable one. */
  attempt: number;
  /** Rounds of QRs that nobody scanned. */
  rounds: number;
  /** How many such rounds are shown before the device rests; null is without end. */
  maxRounds: number | null;
  /** `replaced` closes within the last ten minutes. */
  replaced: number;
  /** Its keys came from another server a moment ago. */
  movedIn?: boolean;
  dice: number;
}

type Rule = (closed: SignalOf<"closed">, history: DisconnectHistory) => CloseAction;

const retry =
  (reason: Reason, delay?: number): Rule =>
  (_, { attempt, dice }) => ({ next: "retry", reason, delay: delay ?? backoff(attempt, dice) });
const end =
  (phase: "failed" | "logged_out", reason: Reason): Rule =>
  () => ({ next: "end", phase, reason });
/** A pause that WhatsApp may have named itself. */
const wait =
  (reason: Reason, delay: number): Rule =>
  (closed) => ({ next: "wait", reason, delay: closed.delay ?? delay });
/** WhatsApp does not want this login for now; asking each minute would not help. */
const later = retry("rejected", 15 * 60_000);

/** Codes that WhatsApp itself sends, on the stream or as a failed login. Names are whatsmeow's. */
const fromWhatsApp: Record<number, Rule> = {
  400: later, // something is wrong with the login
  401: end("logged_out", "revoked"), // logged out, device removed
  402: wait("temporarily_banned", 30 * 60_000),
  403: end("failed", "banned"), // main device gone, locked
  // Client outdated. Once we know a newer version, we say that one.
  405: (closed, history) =>
    closed.delay === 0
      ? retry("outdated_version", 0)(closed, history)
      : wait("outdated_version", 60 * 60_000)(closed, history),
  406: end("failed", "banned"),
  409: end("failed", "rejected"), // bad user agent
  411: end("failed", "rejected"), // multi-device mismatch
  413: later, // CAT expired
  414: later, // CAT invalid
  415: later, // not found
  418: later, // client unknown
  516: end("logged_out", "revoked"), // forced logout (zapo `stream.ts`, 2026-08)
  // Conflict. Once may be our own old socket; twice is another client with our keys, and fighting it loops for ever.
  // After a move the first is enough: the server that the keys came from still runs.
  440: (closed, history) =>
    history.replaced > 1 || history.movedIn
      ? { next: "end", phase: "failed", reason: "replaced" }
      : retry("replaced", 60_000)(closed, history),
  // Restart required: normal after linking, and then at once.
  515: (closed, history) => retry("restart_required", history.attempt < 5 ? 0 : undefined)(closed, history),
};

/** A proxy that is not there may be back in a moment; a wrong password stays wrong until somebody corrects it. */
const proxyPauses = { proxy_unavailable: undefined, proxy_refused: 5 * 60_000 };

/** What a closed connection means. HTTP codes of a refused upgrade mean only that the way is blocked just now. */
export function closeAction(closed: SignalOf<"closed">, history: DisconnectHistory): CloseAction {
  if (closed.detail === "pairing_expired") return afterRound(history);
  if (closed.detail === "version_expires") return retry("outdated_version", 0)(closed, history);
  if (closed.detail === "store_unavailable") return retry("store_unavailable")(closed, history);
  if (closed.proxy) return retry(closed.proxy, proxyPauses[closed.proxy])(closed, history);
  const rule = closed.origin === "stream" || closed.origin === "failure" ? fromWhatsApp[closed.code ?? 0] : undefined;
  return (rule ?? retry("connection_lost"))(closed, history);
}

/** Nobody scanned: the next round comes after a growing pause, or not at all. */
function afterRound({ rounds, maxRounds }: DisconnectHistory): CloseAction {
  if (maxRounds !== null && rounds + 1 >= maxRounds) {
    return { next: "end", phase: "stopped", reason: "pairing_expired" };
  }
  return { next: "retry", reason: "pairing_expired", delay: pauseAfter(rounds) };
}

/** How long no QR is shown once so many rounds have passed in vain, milliseconds. */
export function pauseAfter(rounds: number): number {
  return Math.min(10 * 60_000, 5_000 * 2 ** Math.min(rounds, 10));
}
