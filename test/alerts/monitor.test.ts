import { expect, test } from "bun:test";
import type { Notice } from "../../src/core/alerts/channel.ts";
import { AlertMonitor } from "../../src/core/alerts/monitor.ts";
import { isQuiet, quietHoursIn } from "../../src/core/alerts/quiet-hours.ts";
import { defaultThresholds, ruleNames } from "../../src/core/alerts/rules.ts";
import type { DeviceGauge, GaugeReading } from "../../src/core/metrics/gauges.ts";
import { HandClock } from "../clock.ts";

const well: DeviceGauge = {
  tenant: "default",
  id: "shop",
  label: null,
  phase: "connected",
  reason: "linked",
  isWanted: true,
  isRestricted: false,
  lastConnectAt: 0,
  unlinked: null,
};
const reading: GaugeReading = {
  devices: [well],
  webhooks: [],
  pluginsDisabled: [],
  messagesWaiting: 0,
  deliveriesPending: 0,
  oldestDeliveryMs: 0,
  databaseBytes: 0,
  diskFreeBytes: 50e9,
  diskSizeBytes: 100e9,
  memoryBytes: 0,
  logLinesLost: 0,
  storeTrouble: null,
  backupTrouble: null,
  unknownNames: [],
};

/** A monitor of readings that a test makes up, and what it told. */
class Post {
  readonly clock = new HandClock(Date.UTC(2026, 11, 1, 12));
  readonly told: string[] = [];
  readonly warned: unknown[] = [];
  now: GaugeReading = reading;
  refusal: Error | null = null;
  kept: string | null = null;
  monitor!: AlertMonitor;
  #ids = 0;

  async load(options: { quietHours?: string } = {}): Promise<this> {
    const log = {
      debug() {},
      info() {},
      warn: (fields: unknown) => void this.warned.push(fields),
      error() {},
      child: () => log,
    };
    const send = async ({ type, text }: Notice) => {
      if (this.refusal) throw this.refusal;
      this.told.push(`${type} ${text}`);
    };
    this.monitor = await AlertMonitor.load({
      gauges: async () => this.now,
      channels: [{ name: "webhook", send }],
      thresholds: defaultThresholds,
      quietHours: options.quietHours === undefined ? null : quietHoursIn(options.quietHours),
      note: { read: async () => this.kept, write: async (text) => void (this.kept = text) },
      clock: this.clock,
      log,
      newId: () => String(++this.#ids),
    });
    return this;
  }

  /** Looks, then lets time pass. */
  async pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 10) {
      await this.monitor.look();
      this.clock.wind(10_000);
    }
  }

  devices(...changes: Partial<DeviceGauge>[]): void {
    this.now = { ...reading, devices: changes.map((change) => ({ ...well, ...change })) };
  }
}

test("one message when something goes wrong, and one when it is over", async () => {
  const post = await new Post().load();
  await post.pass(20);
  post.devices({ phase: "logged_out", isWanted: false, unlinked: { reason: "revoked", at: 0, number: "…0001" } });
  await post.pass(300);
  const sentence =
    "The phone (…0001) removed the device shop from its linked devices. Link it again: merpati device link shop";
  expect(post.told).toEqual([`incident.opened Merpati: ${sentence}`]);
  expect(post.warned).toEqual([{ rule: "device_logged_out", subject: "shop", incident: sentence }]);
  expect([...post.monitor.open()]).toEqual([["device_logged_out", 1]]);
  post.devices({});
  await post.pass(120);
  expect(post.told.slice(1)).toEqual([`incident.ended Merpati: over after 6 minutes: ${sentence}`]);
  expect(post.monitor.list()).toMatchObject([
    { rule: "device_logged_out", subject: "shop", endedAt: expect.any(Number) },
  ]);
});

test("a device must be away for five minutes, and one that comes and goes is one incident", async () => {
  const post = await new Post().load();
  post.devices({ phase: "waiting", reason: "connection_lost" });
  await post.pass(300);
  expect(post.told).toEqual([]);
  await post.pass(20);
  expect(post.told).toEqual([
    "incident.opened Merpati: The device shop is not connected to WhatsApp (connection_lost).",
  ]);
  for (let turn = 0; turn < 5; turn++) {
    post.devices({});
    await post.pass(30);
    post.devices({ phase: "waiting", reason: "connection_lost" });
    await post.pass(10);
  }
  expect(post.told).toHaveLength(2);
});

test("each rule has its condition", async () => {
  const cases: [string, Partial<GaugeReading>][] = [
    ["passkey_asked", { devices: [{ ...well, phase: "passkey_required" }] }],
    ["device_restricted", { devices: [{ ...well, isRestricted: true }] }],
    ["device_refused", { devices: [{ ...well, phase: "failed", reason: "banned" }] }],
    [
      "device_logged_out",
      { devices: [{ ...well, phase: "logged_out", unlinked: { reason: "revoked", at: 0, number: "…1" } }] },
    ],
    ["device_offline", { devices: [{ ...well, phase: "waiting" }] }],
    ["queue_expiring", { devices: [{ ...well, phase: "waiting" }] }],
    ["webhook_failing", { webhooks: [{ tenant: "acme", id: "w", host: "h", state: "active", failingSince: 0 }] }],
    ["webhook_disabled", { webhooks: [{ tenant: "acme", id: "w", host: "h", state: "disabled", failingSince: 0 }] }],
    ["deliveries_old", { oldestDeliveryMs: 901_000 }],
    ["disk_low", { diskFreeBytes: 900_000_000 }],
    ["store_refuses", { storeTrouble: "The disk is full." }],
    ["backup_failed", { backupTrouble: "The bucket refuses." }],
    ["plugin_disabled", { pluginsDisabled: ["weather"] }],
    ["unknown_stanza", { unknownNames: ["tag hologram"] }],
  ];
  expect(cases.map(([rule]) => rule).toSorted()).toEqual([...ruleNames].toSorted());
  for (const [rule, change] of cases) {
    const post = await new Post().load();
    post.now = { ...reading, ...change };
    await post.monitor.look();
    post.clock.wind(11 * 86_400_000);
    await post.monitor.look();
    expect([rule, post.monitor.list().map((incident): string => incident.rule)]).toEqual([
      rule,
      expect.arrayContaining([rule]),
    ]);
  }
});

test("a name that WhatsApp sends is told once, over restarts", async () => {
  const post = await new Post().load();
  post.now = { ...reading, unknownNames: ["tag hologram"] };
  await post.pass(300);
  expect(post.told.map((text) => text.split(" ")[0])).toEqual(["incident.opened", "incident.ended"]);
  await post.load();
  await post.pass(300);
  expect(post.told).toHaveLength(2);
});

test("in quiet hours nobody is told; what is over by then is not told at all", async () => {
  const post = await new Post().load({ quietHours: "00:00-23:59" });
  post.devices({ phase: "failed", reason: "banned" });
  await post.pass(60);
  post.devices({});
  await post.pass(120);
  post.now = { ...reading, pluginsDisabled: ["weather"] };
  await post.pass(60);
  expect([post.told, post.warned.length]).toEqual([[], 2]);
  await post.load();
  await post.pass(20);
  expect(post.told).toEqual(["incident.opened Merpati: The plugin weather was disabled after faults."]);
});

test("a channel that refuses is tried again with growing pauses, also after a restart", async () => {
  const post = await new Post().load();
  post.refusal = new Error("busy");
  post.devices({ phase: "failed", reason: "banned", isWanted: false });
  await post.pass(600);
  const tries = post.warned.filter((fields) => (fields as { error?: string }).error === "busy").length;
  expect(tries).toBeGreaterThan(2);
  expect(tries).toBeLessThan(8);
  expect(post.monitor.channels()).toMatchObject([{ name: "webhook", problem: "busy", lastSentAt: null }]);
  await post.load();
  post.refusal = null;
  await post.pass(20);
  expect(post.told).toHaveLength(1);
  await post.load();
  await post.pass(60);
  expect(post.told).toHaveLength(1);
});

test("quiet hours go over midnight, by the machine's own time", () => {
  const at = (hour: number, minute: number) => new Date(2026, 11, 1, hour, minute).getTime();
  const night = quietHoursIn("22:00-07:00") ?? { from: 0, until: 0 };
  expect([at(21, 59), at(22, 0), at(3, 0), at(6, 59), at(7, 0)].map((time) => isQuiet(night, time))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  for (const bad of ["", "22-7", "24:00-07:00", "22:00-07:60", "22:00"])
    expect([bad, quietHoursIn(bad)]).toEqual([bad, null]);
});
