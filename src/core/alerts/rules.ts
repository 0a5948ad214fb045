import { day, hour, minute } from "../base/durations.ts";
import type { DeviceGauge, GaugeReading } from "../metrics/gauges.ts";

/**
 * What the operator is told of. `after` is how long something must last first, milliseconds; `below` how many bytes are
 * too few; null where the thing itself is the news.
 */
export const alertRules = {
  device_logged_out: { about: "A device lost its WhatsApp account.", after: null },
  device_refused: { about: "WhatsApp refuses, bans or rests a device.", after: null },
  device_restricted: { about: "WhatsApp takes no messages of a device, or delivers none.", after: null },
  passkey_asked: { about: "WhatsApp asks for a passkey before it links a device.", after: null },
  device_offline: { about: "A linked device is not connected.", after: 5 * minute },
  queue_expiring: { about: "A device was away so long that WhatsApp may drop what waits for it.", after: 10 * day },
  webhook_failing: { about: "A webhook takes nothing.", after: 30_000 },
  webhook_disabled: { about: "A webhook was given up.", after: null },
  deliveries_old: { about: "An event that may be delivered is old.", after: 15 * minute },
  disk_low: { about: "The disk of the data folder is nearly full.", below: 1_000_000_000 },
  store_refuses: { about: "The data folder cannot be written.", after: null },
  backup_failed: { about: "The scheduled backup failed.", after: null },
  plugin_disabled: { about: "A plugin was disabled after faults.", after: null },
  unknown_stanza: { about: "WhatsApp sent something that this version does not know.", after: null },
} as const satisfies Record<string, AlertRule>;

interface AlertRule {
  readonly about: string;
  readonly after?: number | null;
  readonly below?: number;
}

export type RuleName = keyof typeof alertRules;
export const ruleNames = Object.keys(alertRules) as RuleName[];
/** The rules that are on, with the threshold of each: milliseconds or bytes; null where there is none. */
export type Thresholds = ReadonlyMap<RuleName, number | null>;

export const defaultThresholds: Thresholds = new Map(ruleNames.map((name) => [name, usual(name)]));

/** The threshold of a rule unless the operator says otherwise. */
export function usual(name: RuleName): number | null {
  const rule: AlertRule = alertRules[name];
  return rule.below ?? rule.after ?? null;
}

/** Something that should not be. */
export interface Condition {
  readonly rule: RuleName;
  /** Tells the incidents of one rule apart: `acme/shop`. */
  readonly subject: string;
  /** What is wrong and what to do; no number, no text. */
  readonly sentence: string;
}

export interface RuleInput {
  readonly reading: GaugeReading;
  readonly thresholds: Thresholds;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Since when a device has not been connected, by `tenant/id`. */
  readonly downSince: ReadonlyMap<string, number>;
  /** Names that WhatsApp sent and the operator was told of before. */
  readonly toldNames: ReadonlySet<string>;
}

/** Everything that is wrong now. */
export function* conditionsIn(input: RuleInput): Generator<Condition> {
  for (const found of [...ofDevices(input), ...ofWebhooks(input), ...ofMachine(input)])
    if (input.thresholds.has(found.rule)) yield found;
}

/** The name of a device for people: its tenant is named where it is not the operator's own. */
export const subjectOf = ({ tenant, id }: Pick<DeviceGauge, "tenant" | "id">): string =>
  tenant === "default" ? id : `${tenant}/${id}`;

const refused: ReadonlySet<string> = new Set([
  "banned",
  "rejected",
  "replaced",
  "temporarily_banned",
  "outdated_version",
]);

function* ofDevices({ reading, thresholds, downSince, now }: RuleInput): Generator<Condition> {
  for (const device of reading.devices) {
    const subject = subjectOf(device);
    const { phase, reason, unlinked, isWanted } = device;
    const link = `merpati device link ${device.id}${device.tenant === "default" ? "" : ` --tenant=${device.tenant}`}`;
    if (unlinked?.reason === "revoked" && phase !== "connected")
      yield {
        rule: "device_logged_out",
        subject,
        sentence: `The phone (${unlinked.number}) removed the device ${subject} from its linked devices. Link it again: ${link}`,
      };
    if (phase === "passkey_required")
      yield {
        rule: "passkey_asked",
        subject,
        sentence: `WhatsApp asks for a passkey before it links the device ${subject}.`,
      };
    if ((phase === "failed" || phase === "restricted") && refused.has(reason))
      yield {
        rule: "device_refused",
        subject,
        sentence: `WhatsApp does not let the device ${subject} in (${reason}). merpati status says what to do.`,
      };
    if (device.isRestricted)
      yield {
        rule: "device_restricted",
        subject,
        sentence: `WhatsApp takes no messages of the device ${subject}, or delivers none. They wait and are tried each half hour: see what the phone says.`,
      };
    const since = downSince.get(subject);
    if (!isWanted || since === undefined) continue;
    if (now - since >= (thresholds.get("device_offline") ?? Infinity))
      yield {
        rule: "device_offline",
        subject,
        sentence: `The device ${subject} is not connected to WhatsApp (${reason}).`,
      };
    if (now - since >= (thresholds.get("queue_expiring") ?? Infinity))
      yield {
        rule: "queue_expiring",
        subject,
        sentence: `The device ${subject} has been away for days: WhatsApp drops what waits for it, and unlinks it in the end.`,
      };
  }
}

function* ofWebhooks({ reading, thresholds, now }: RuleInput): Generator<Condition> {
  for (const { tenant, id, host, state, failingSince } of reading.webhooks) {
    const whose = tenant === "default" ? "" : ` of ${tenant}`;
    if (state === "disabled")
      yield {
        rule: "webhook_disabled",
        subject: id,
        sentence: `The webhook${whose} to ${host} was given up: nothing is owed to it any more.`,
      };
    else if (failingSince !== null && now - failingSince >= (thresholds.get("webhook_failing") ?? Infinity))
      yield {
        rule: "webhook_failing",
        subject: id,
        sentence: `The webhook${whose} to ${host} takes nothing: its delivery log says why. Events wait for it.`,
      };
  }
}

function* ofMachine({ reading, thresholds, toldNames }: RuleInput): Generator<Condition> {
  const one = (rule: RuleName, sentence: string): Condition => ({ rule, subject: "", sentence });
  const { oldestDeliveryMs, diskFreeBytes, storeTrouble, pluginsDisabled, unknownNames } = reading;
  const old = thresholds.get("deliveries_old") ?? Infinity;
  if (oldestDeliveryMs >= old)
    yield one("deliveries_old", `An event has been due for ${Math.floor(old / minute)} minutes and is not delivered.`);
  if (diskFreeBytes < (thresholds.get("disk_low") ?? 0))
    yield one("disk_low", "The disk of the data folder is nearly full. When it is, nothing is received any more.");
  if (storeTrouble !== null) yield one("store_refuses", `The data folder cannot be written: ${storeTrouble}`);
  if (reading.backupTrouble !== null) yield one("backup_failed", `The backup failed: ${reading.backupTrouble}`);
  for (const name of pluginsDisabled)
    yield { rule: "plugin_disabled", subject: name, sentence: `The plugin ${name} was disabled after faults.` };
  const fresh = unknownNames.filter((name) => !toldNames.has(name));
  if (fresh.length > 0)
    yield one("unknown_stanza", "WhatsApp sent something that this version does not know: merpati doctor names it.");
}

const units = { s: 1_000, m: minute, h: hour, d: day } as const;

/** `5m` as milliseconds, `1GB` as bytes; null of what is neither. */
export function thresholdIn(text: string): number | null {
  const [, count = "", unit = ""] = /^(\d{1,6})(s|m|h|d|MB|GB)$/.exec(text) ?? [];
  if (unit === "") return null;
  if (unit === "MB" || unit === "GB") return Number(count) * (unit === "MB" ? 1e6 : 1e9);
  return Number(count) * units[unit as keyof typeof units];
}
