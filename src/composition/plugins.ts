import { bundledPlugins } from "./bundled.ts" with { type: "macro" };
import { kit, tsconfig } from "../plugins/kit/kit.ts";
import type { Config } from "../config/config.ts";
import { operator } from "../core/access/operator.ts";
import type { App } from "../core/app.ts";
import type { Clock } from "../core/base/clock.ts";
import type { Courier } from "../core/delivery/courier.ts";
import type { Feed } from "../core/delivery/feed.ts";
import type { Log } from "../core/base/log.ts";
import type { PluginData } from "../core/ports/plugin-data.ts";
import type { Auditor } from "../core/access/audit.ts";
import type { SafeFetch } from "../core/base/safe-fetch.ts";
import type { Schedule } from "../core/policy/retry.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import type { Ledger } from "../core/ports/ledger.ts";
import type { Target, Targets } from "../core/model/events/targets.ts";
import { PluginHost, type PluginHostOptions } from "../plugins/host/host.ts";
import type { PluginDeliveries, PluginFaultNotice, PluginServices } from "../plugins/contract/services.ts";

/** What a plugin throws at is offered again soon or never: the chat waits meanwhile. */
const schedule: Schedule = { delays: [0, 300, 2_000, 15_000, 60_000], jitter: 0.1, poisonAfter: 3 };

/** Every plugin that comes with the bot: file name to text. */
export const bundled: Readonly<Record<string, string>> = bundledPlugins();

/** What stands in a plugins folder that is made. */
export const seed = pick(bundled, ["ping.ts", "help.ts"]);

export interface PluginParts {
  app: App;
  clock: Clock;
  log: Log;
  data: PluginData;
  targets: Targets;
  courier: Courier;
  ledger: Pick<Ledger, "announce">;
  feed: Feed;
  safeFetch: SafeFetch;
  auditor: Auditor;
}

/** What a test of a plugin may say about its host. */
export type PluginStands = Partial<Pick<PluginHostOptions, "files" | "watch" | "environment">> & { clock?: Clock };

/** The plugin host, given what it may touch of the bot. It loads nothing before it begins. */
export function openPlugins(config: Config, parts: PluginParts, stands: PluginStands = {}): PluginHost {
  const { app, log, data, safeFetch } = parts;
  const { clock = parts.clock, ...more } = stands;
  const home = app.as(operator("plugins"));
  const services: PluginServices = {
    clock,
    log,
    data,
    fetch: (url, request) => safeFetch.send(url, request),
    async send(device, draft, idempotencyKey) {
      const { id, chat } = await home.device(device).outbox.send(draft, { idempotencyKey, hooked: true });
      return { id, chat };
    },
    typing: (device, chat, state) => home.device(device).chats.typing(chat, state),
    async media(id) {
      const { record, bytes } = await home.file(id);
      return { bytes: await (await bytes()).bytes(), mime: record.mime, name: record.name };
    },
    groups: {
      members: async (device, group) => (await home.device(device).groups.get(group)).members,
      change: (device, group, action, members) => home.device(device).groups.change(group, action, members),
    },
    acted: (plugin, action, subject) =>
      void parts.auditor
        .plugin(plugin, action, subject)
        .catch((error: unknown) => log.warn({ err: error, action }, "not audited")),
    tell: (fault) => void tell(parts, fault).catch((error: unknown) => log.warn({ err: error }, "fault not told")),
  };
  return new PluginHost({
    dir: config.pluginsDir,
    services,
    deliveries: pluginDeliveries(parts),
    ...pluginTone(config),
    environment: process.env,
    bundled,
    // With what editors need: whoever opens the first plugin is to see no errors.
    seed: () => ({ ...seed, ...kit(), "tsconfig.json": tsconfig }),
    ...more,
  });
}

/** What the settings say of how all plugins are spoken to, and by whom. */
export const pluginTone = (config: Config) => ({
  prefixes: config.commandPrefix,
  people: { owners: config.owners, admins: config.admins },
  languages: [config.botLanguage],
});

/** A fault is an event too: webhooks and sockets hear of it. */
async function tell({ ledger, feed, courier, clock }: PluginParts, fault: PluginFaultNotice): Promise<void> {
  const at = clock.now();
  const once = `plugin.fault|${fault.plugin}|${at}|${fault.reason}`;
  const event = { type: "plugin.fault", at, chat: null, once, data: fault } as const;
  const { events, written } = await ledger.announce(homeTenant, [event]);
  feed.publish(homeTenant, events);
  courier.offer(written);
}

/** Beside what a plugin hears at once: neither waits for the other. */
const burstsOf = (plugin: string): Target => `plugin:${plugin}/bursts`;

/** Plugins hear the home tenant's devices: other tenants have webhooks. */
export function pluginDeliveries({ targets, courier }: Pick<PluginParts, "targets" | "courier">): PluginDeliveries {
  const part = (target: Target): void => {
    targets.delete(target);
    courier.remove(target);
  };
  return {
    join(plugin, target) {
      const wants = (event: Parameters<typeof target.wants>[0], device: string | null) => target.wants(event, device);
      targets.set(`plugin:${plugin}`, { events: ["*"], tenant: homeTenant, devices: null, when: wants });
      courier.add(`plugin:${plugin}`, (event, { number }) => target.deliver(event, number - 1), { schedule });
      const { burst } = target;
      if (burst === null) return part(burstsOf(plugin));
      const { pause: wait, longest, most } = burst.rule;
      targets.set(burstsOf(plugin), {
        events: ["message.received"],
        tenant: homeTenant,
        devices: null,
        when: (event, device) => burst.wants(event, device),
      });
      courier.add(burstsOf(plugin), (_, { number, events }) => burst.deliver(events, number - 1), {
        schedule,
        gathering: { by: "chat", most, wait, longest },
      });
    },
    leave(plugin) {
      part(`plugin:${plugin}`);
      part(burstsOf(plugin));
    },
  };
}

function pick(files: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => names.includes(name)));
}
