import { Failure } from "../base/failure.ts";
import type { Phase, Reason } from "./phase.ts";

/** How far the ceremony with the account's passkey has come. */
export const passkeyStages = [
  "preparing", // WhatsApp asked; what is to be signed is being fetched
  "signature", // the owner signs on web.whatsapp.com, and the signature is handed over
  "sending", // WhatsApp gets the signature
  "phone", // the phone has to answer
  "code", // a person compares the code with the phone's
  "finishing", // the phone has everything and links the device
] as const;
export type PasskeyStage = (typeof passkeyStages)[number];

/** Ways in which a ceremony ends without a linked account. */
export type PasskeyEnd = Extract<
  Reason,
  "passkey_expired" | "passkey_refused" | "passkey_no_answer" | "passkey_lost" | "passkey_cancelled"
>;

/** A ceremony that runs. */
export interface PasskeyCeremony {
  /** Names this attempt: links that were made for another one are no good. */
  id: string;
  stage: PasskeyStage;
  /** When this stage is given up, milliseconds since 1970. */
  expiresAt: number;
  /** In the stage `signature`: WebAuthn's `PublicKeyCredentialRequestOptionsJSON`, as WhatsApp wrote it. */
  options: string | null;
  /** In the stage `code`: what the phone must show too, `XXXX-XXXX`. */
  code: string | null;
}

/** WebAuthn's answer, bytes in base64url without padding. */
export interface PasskeyAssertion {
  id: string;
  rawId: string;
  type: string;
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | null };
}

/** What may be done about a ceremony that runs. Each throws `conflict` when it is not the time for it. */
export interface PasskeyCalls {
  /** Takes the owner's signature. Throws `invalid` for one that WhatsApp would refuse. */
  sign(assertion: PasskeyAssertion): void;
  /** Whether the phone shows the same code; if not, the ceremony ends. */
  confirm(isSame: boolean): void;
}

/** What a person is told when WhatsApp demands a passkey and this server was not told to go along. */
export const passkeyWords =
  "WhatsApp asks this account for a passkey before it links a device. PASSKEY_LINKING=true lets its owner sign with it; " +
  "docs/linking.md says how, and how to bring a device that is linked elsewhere.";

const stageWords: Record<PasskeyStage, string> = {
  preparing: "WhatsApp asks this account for a passkey; what is to be signed is being fetched.",
  signature: "WhatsApp asks this account for a passkey: its owner signs on web.whatsapp.com, in a browser that has it.",
  sending: "The passkey's signature is on its way to WhatsApp.",
  phone: "WhatsApp has the passkey's signature. Keep WhatsApp open on the phone: it has to answer.",
  code: "Compare the code with the one that the phone shows, then confirm it.",
  finishing: "The phone links the device. Keep WhatsApp open on it.",
};

/** The same where this server may go along: then the owner can sign. */
export const passkeyDemand = (goesAlong: boolean): string =>
  goesAlong
    ? "WhatsApp asks this account for a passkey before it links a device: its owner signs on web.whatsapp.com."
    : passkeyWords;

/** What a person is told of a demanded passkey. `sign`: the call by which the owner gets to sign. */
export function passkeySentence(ceremony: PasskeyCeremony | null, sign?: string): string {
  if (!ceremony) return passkeyWords;
  const words = stageWords[ceremony.stage];
  return ceremony.stage === "signature" && sign !== undefined ? `${words} ${sign} makes the link to do so.` : words;
}

/** Why a ceremony ended without a link, and what to do about it. */
export const passkeyEndWords: Record<PasskeyEnd, string> = {
  passkey_expired: "The passkey was not used, or its code not confirmed, in time",
  passkey_refused: "WhatsApp refused the ceremony with the passkey",
  passkey_no_answer:
    "The phone did not answer after the passkey was used: keep WhatsApp open on it, see that it has room for another " +
    "linked device, and wait some minutes before the next attempt",
  passkey_lost: "The connection broke during the ceremony with the passkey, and it cannot go on over another",
  passkey_cancelled: "The ceremony with the passkey was cancelled",
};

export const isPasskeyEnd = (reason: Reason): reason is PasskeyEnd => reason in passkeyEndWords;

/** Why there is no QR or code, when WhatsApp demands a passkey: a sentence rather than silence. */
export function passkeyRefusal(phase: Phase, ceremony: PasskeyCeremony | null): Failure | undefined {
  return phase === "passkey_required" ? new Failure("passkey_required", passkeySentence(ceremony)) : undefined;
}

/** Throws `passkey_required` in that phase. */
export function unlessPasskey({ phase, passkey }: { phase: Phase; passkey: PasskeyCeremony | null }): void {
  const refusal = passkeyRefusal(phase, passkey);
  if (refusal) throw refusal;
}
