import type { DeviceStatus } from "./device-status.ts";
import { phoneOfJid } from "./recipient.ts";
import { isPasskeyEnd, passkeyEndWords, passkeySentence } from "./passkey.ts";
import type { WebVersionFigures } from "./web-version.ts";
import type { Reason } from "./phase.ts";

/** How one API's calls are written, for sentences that tell a person which to make. */
export interface LinkingCalls {
  /** Makes a device that is not linked show QRs. */
  link: string;
  /** Shows the QR there is. */
  show: string;
  /** Gives a pairing code; absent where the API has none. */
  code?: string;
  /** Makes the link by which the owner signs with a passkey; absent where the API has none. */
  passkey?: string;
  start: string;
}

/** What of a device's status the sentence depends on. */
export type Guided = Pick<
  DeviceStatus,
  "phase" | "reason" | "account" | "unlinked" | "qr" | "pairingCode" | "passkey" | "version"
>;

/** What a person needs to know of a device that is not connected, and which call helps; null when it is connected. */
export function guidance(status: Guided, calls: LinkingCalls): string | null {
  if (status.phase === "connected") return null;
  if (status.phase === "passkey_required") return passkeySentence(status.passkey, calls.passkey);
  if (status.account) return ofLinked(status, calls);
  const { phase, reason, version } = status;
  const isOld = version?.mayBeTooOld && (phase === "pairing" || reason === "pairing_expired");
  return [ofUnlinked(status), howToLink(status, calls), ...(isOld ? [tooOldWords(version)] : [])].join(" ");
}

/** A phone refuses a version that is too old without a word to this side, so nobody else can say why. */
export function tooOldWords({ version }: WebVersionFigures): string {
  return (
    `If the phone says that it cannot link the device, this version of WhatsApp Web (${version}) may be too old; ` +
    "the present one could not be looked up: update Merpati, or let it reach WHATSAPP_VERSION_URL."
  );
}

/** As much of a number as a log or a sentence may show: who has the phone knows which one is meant. */
export function lastFour(jid: string): string {
  return `…${(phoneOfJid(jid) ?? "").slice(-4)}`;
}

function ofUnlinked({ unlinked }: Guided): string {
  if (!unlinked) return "No WhatsApp account is linked.";
  const number = lastFour(unlinked.account.jid);
  // Who did it is not known then.
  if (unlinked.early !== undefined)
    return `This device is no longer among the linked ones of ${number}. ${unlinked.early}`;
  return unlinked.reason === "revoked"
    ? `The phone (${number}) removed this device from its linked devices.`
    : `This device was logged out (${number}).`;
}

function howToLink({ phase, reason, qr, pairingCode }: Guided, { link, show, code }: LinkingCalls): string {
  const other = code === undefined ? "" : `, ${code} gives a pairing code`;
  if (pairingCode) return "A pairing code waits: type it on the phone, WhatsApp > Linked devices > Link a device.";
  if (qr) return `A QR code waits to be scanned: ${show} shows it${other}.`;
  switch (phase) {
    case "starting":
    case "pairing":
      return soon(show);
    case "waiting":
    case "restricted":
      return reason === "pairing_expired" || reason === "revoked"
        ? `A new QR code comes by itself, and at once after ${link}${other}.`
        : ofPause(reason, show);
    default:
      return `${isPasskeyEnd(reason) ? `${passkeyEndWords[reason]}. ` : ""}To link it: ${link} makes a QR code${other}.`;
  }
}

/** What paused for no fault of WhatsApp's, as after a start of this process, goes on at once. */
function ofPause(reason: Reason, show: string): string {
  const why = linkedWords[reason];
  return why ? `${why}; it is tried again by itself.` : soon(show);
}

const soon = (show: string) => `The QR code comes in a moment: ${show} shows it.`;

const linkedWords: Partial<Record<Reason, string>> = {
  connection_lost: "WhatsApp cannot be reached just now",
  proxy_unavailable: "Its proxy lets nothing through, and nothing leaves without it",
  proxy_refused: "Its proxy does not take the user name and password, and nothing leaves without it",
  store_unavailable: "The disk refuses to write",
  outdated_version: "WhatsApp takes this version for outdated",
  temporarily_banned: "WhatsApp has banned the account for a time",
  replaced: "Another program took over the connection",
  banned: "WhatsApp has locked the account: see what the phone says",
  rejected: "WhatsApp refuses this login",
};

function ofLinked({ phase, reason, account }: Guided, { start }: LinkingCalls): string {
  const who = `This device is linked (${lastFour(account?.jid ?? "")})`;
  const why = linkedWords[reason];
  switch (phase) {
    case "stopped":
      return `${who} and stopped: ${start} connects it.`;
    case "failed":
    case "logged_out":
      return `${who} and not connected. ${why ?? "WhatsApp refused it"}. ${start} tries again.`;
    default:
      return `${who} and is connecting${why ? `. ${why}` : ""}; it goes on by itself.`;
  }
}
