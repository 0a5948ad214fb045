import { assertNever } from "../base/failure.ts";
import type { LoginRefusal } from "./login-refusal.ts";

/** Where a device is in its life. The diagram stands in src/README.md. */
export const phases = [
  "stopped",
  "starting",
  "pairing",
  "passkey_required",
  "connected",
  "waiting",
  "restricted",
  "failed",
  "logged_out",
] as const;
export type Phase = (typeof phases)[number];

/** Why a device is in its phase. */
export const reasons = [
  "requested", // somebody asked for it
  "linked", // the account is there and the stream is open
  "scan_needed", // a QR or code waits for the phone
  "restart_required", // WhatsApp's 515 after linking: normal
  "connection_lost", // network, timeout, server restart
  "pairing_expired", // nobody scanned in time
  "passkey_required", // WhatsApp demands a passkey before it links
  "passkey_expired", // nobody signed, or compared the code, in time
  "passkey_refused", // WhatsApp refused a step of the ceremony
  "passkey_no_answer", // the phone said nothing after the signature
  "passkey_lost", // the connection broke during the ceremony
  "passkey_cancelled", // somebody broke the ceremony off
  "logged_out", // by us
  "revoked", // by the phone or by WhatsApp
  "replaced", // another client took the connection
  "banned", // WhatsApp locked the account
  "temporarily_banned", // until a time
  "outdated_version", // WhatsApp refuses our protocol version
  "rejected", // WhatsApp refuses this client for good (bad agent, multi-device mismatch)
  "proxy_unavailable", // the device's proxy is not there, or does not reach WhatsApp
  "proxy_refused", // the device's proxy does not take its user name and password
  "proxy_changed", // the device has another proxy now, and connects through that
  "store_unavailable", // our disk refuses
  "shutdown", // the process is ending
] as const;
export type Reason = (typeof reasons)[number];

/** Where a disconnect code came from; the same number means other things elsewhere. */
export type Origin = "stream" | "failure" | "socket" | "local" | "exception";

/** What moves a device from phase to phase. */
export type LifeSignal =
  | { type: "start" }
  | { type: "stop" }
  | { type: "qr" }
  | { type: "pairing_code" }
  | { type: "passkey_required" }
  /** The ceremony with the passkey came to nothing. */
  | { type: "passkey_ended"; reason: Reason }
  | { type: "paired" }
  | { type: "open" }
  | { type: "logged_out" }
  /** It is about to hold the keys of another server. */
  | { type: "move_in" }
  /** What was logged out is to show QRs again by itself, `delay` milliseconds from now. */
  | { type: "relink"; delay: number }
  /** `failure`: what WhatsApp said when it refused the login. */
  /** `early`: what is known of why a link ended that had just been made. */
  | { type: "closed"; verdict: CloseAction; failure?: LoginRefusal; early?: string }
  | { type: "timer" };

/** What a closed connection means for the device. See `closing.ts`. */
export type CloseAction =
  | { next: "retry"; reason: Reason; delay: number }
  | { next: "wait"; reason: Reason; delay: number }
  | { next: "end"; phase: "failed" | "logged_out" | "stopped"; reason: Reason };

export interface Life {
  readonly phase: Phase;
  readonly reason: Reason;
  /** Milliseconds until `timer`, while waiting or restricted. */
  readonly delay?: number;
}

export const atRest: Life = { phase: "stopped", reason: "requested" };

/** Phases in which a connection to WhatsApp exists or is being made. */
export const livePhases: ReadonlySet<Phase> = new Set(["starting", "pairing", "passkey_required", "connected"]);

/** The live phases but one: what demands a passkey stays told, connection or not, until somebody starts anew. */
const running: ReadonlySet<Phase> = new Set(["starting", "pairing", "connected"]);

const linking: ReadonlySet<Phase> = new Set(["starting", "pairing", "passkey_required"]);

/** The next phase. Pure; a signal that means nothing in a phase leaves it as it is. */
export function step(life: Life, signal: LifeSignal): Life {
  switch (signal.type) {
    case "start":
      return running.has(life.phase) ? life : { phase: "starting", reason: "requested" };
    case "stop":
      return life.phase === "logged_out" || life.phase === "stopped" ? life : { phase: "stopped", reason: "requested" };
    case "logged_out":
      return { phase: "logged_out", reason: "logged_out" };
    case "move_in":
      return life.phase === "stopped" ? life : { phase: "stopped", reason: "requested" };
    case "relink":
      return life.phase === "logged_out" ? { phase: "waiting", reason: life.reason, delay: signal.delay } : life;
    case "timer":
      return life.phase === "waiting" || life.phase === "restricted"
        ? { phase: "starting", reason: life.reason }
        : life;
    case "closed":
      return running.has(life.phase) ? afterClose(signal.verdict) : life;
    case "qr":
    case "pairing_code":
      return life.phase === "starting" ? { phase: "pairing", reason: "scan_needed" } : life;
    case "passkey_required":
      return life.phase === "starting" || life.phase === "pairing"
        ? { phase: "passkey_required", reason: "passkey_required" }
        : life;
    case "passkey_ended":
      return life.phase === "passkey_required" ? { phase: "failed", reason: signal.reason } : life;
    case "paired":
      return life.phase === "pairing" || life.phase === "passkey_required"
        ? { phase: "starting", reason: "restart_required" }
        : life;
    case "open":
      return linking.has(life.phase) ? { phase: "connected", reason: "linked" } : life;
    default:
      return assertNever(signal);
  }
}

function afterClose(verdict: CloseAction): Life {
  switch (verdict.next) {
    case "retry":
      return { phase: "waiting", reason: verdict.reason, delay: verdict.delay };
    case "wait":
      return { phase: "restricted", reason: verdict.reason, delay: verdict.delay };
    case "end":
      return { phase: verdict.phase, reason: verdict.reason };
    default:
      return assertNever(verdict);
  }
}
