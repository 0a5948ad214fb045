import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { lastFour, tooOldWords } from "../model/guidance.ts";
import { type PasskeyEnd, passkeyDemand, passkeyEndWords } from "../model/passkey.ts";
import type { Phase, Reason, CloseAction } from "../model/phase.ts";
import type { WebVersionFigures } from "../model/web-version.ts";
import type { DeviceRecord } from "../ports/devices.ts";
import type { SignalOf } from "../ports/connector.ts";

/** How often a device that cannot reach WhatsApp says so, milliseconds. */
const remindMs = 10 * 60_000;

const ends: Partial<Record<Reason, string>> = {
  replaced: "another program took over this account's connection: stop that one, then start this device",
  banned: "WhatsApp has locked this account: see what the phone says",
  rejected: "WhatsApp refuses this login for good: update Merpati, then link the device again",
  pairing_expired: "nobody linked the device: it rests until it is started again",
};
const waits: Partial<Record<Reason, string>> = {
  temporarily_banned: "WhatsApp has banned this account for a time: send less, and to people who expect it",
  outdated_version: "WhatsApp refuses this version as outdated: update Merpati if this comes again",
};
const proxies: Partial<Record<Reason, string>> = {
  proxy_unavailable: "the device's proxy lets nothing through: the device waits, and nothing leaves without its proxy",
  proxy_refused: "the device's proxy does not take its user name and password: the device waits; correct its proxy",
};
const unreachable =
  "WhatsApp cannot be reached: check this machine's internet connection, its DNS and clock, " +
  "and that no firewall or proxy blocks web.whatsapp.com, port 443";

/**
 * What the log says of a device's life. What needs a person is a warning, whose sentence says what to do; a number is
 * told by its last four digits.
 */
export class LifeLog {
  #remindAt = 0;

  readonly #ports: { log: Log; clock: Clock };
  readonly #record: DeviceRecord;

  constructor(ports: { log: Log; clock: Clock }, record: DeviceRecord) {
    this.#ports = ports;
    this.#record = record;
  }

  connected(): void {
    this.#remindAt = 0;
    this.#ports.log.info(this.#who(), "connected to WhatsApp");
  }

  /** `goesAlong`: the owner can sign. */
  passkey(goesAlong: boolean): void {
    this.#ports.log.warn(this.#who(), passkeyDemand(goesAlong));
  }

  /** `detail` says at which step. */
  passkeyEnded(reason: PasskeyEnd, detail: string): void {
    this.#ports.log.warn({ ...this.#who(), reason, detail }, `${passkeyEndWords[reason]}.`);
  }

  /** By what it answers to messages, or by how few of them arrive. */
  restricted(isRestricted: boolean): void {
    const { log } = this.#ports;
    if (!isRestricted) log.info(this.#who(), "WhatsApp takes messages of this account again");
    else
      log.warn(
        this.#who(),
        "WhatsApp takes no messages of this account, or delivers none: they wait, and are tried each half hour",
      );
  }

  /** `error` is WhatsApp's code. */
  codeRefused(error: string): void {
    this.#ports.log.warn(
      { ...this.#who(), error },
      "WhatsApp gives no pairing code for this number: check that it is the number of a phone with WhatsApp",
    );
  }

  /** A connection ended while the device was in `phase`. Call it before the account is forgotten. */
  closed(
    { code, origin, detail, failure }: SignalOf<"closed">,
    phase: Phase,
    verdict: CloseAction,
    version: WebVersionFigures | null,
    early: string | null,
  ): void {
    const violation = failure?.violation_reason;
    const fields = { ...this.#who(), code, origin, detail, reason: verdict.reason, ...(violation && { violation }) };
    const { log } = this.#ports;
    if (early !== null) return log.warn(fields, early);
    if (verdict.reason === "pairing_expired" && version?.mayBeTooOld)
      log.warn({ ...this.#who(), version: version.version }, tooOldWords(version));
    if (verdict.next === "end" && verdict.phase === "logged_out")
      return log.warn(fields, "the phone removed this device: link it again with its QR or a pairing code");
    if (verdict.next === "end") return log.warn(fields, ends[verdict.reason] ?? "the device stopped");
    if (verdict.next === "wait") return log.warn(fields, waits[verdict.reason] ?? "WhatsApp is left alone for a time");
    if (phase === "starting" && verdict.reason === "connection_lost" && this.#isTime())
      return log.warn(fields, unreachable);
    const proxyWords = proxies[verdict.reason];
    if (proxyWords && this.#isTime()) return log.warn(fields, proxyWords);
    const pause = { ...fields, delay: verdict.delay };
    if (phase === "connected") log.info(pause, "the connection to WhatsApp was lost; it is made again by itself");
    else log.debug(pause, "connection closed");
  }

  #isTime(): boolean {
    const now = this.#ports.clock.now();
    if (now < this.#remindAt) return false;
    this.#remindAt = now + remindMs;
    return true;
  }

  #who(): { device: string; tenant: string; number?: string } {
    const { id: device, tenant, account } = this.#record;
    return { device, tenant, ...(account && { number: lastFour(account.jid) }) };
  }
}
