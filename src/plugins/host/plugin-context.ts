import type { BotEvent } from "../../core/model/events/events.ts";
import type { DraftContent } from "../../core/model/message/message.ts";
import type { PluginFault } from "../contract/fault.ts";
import type { EventRouter } from "../routing/event-router.ts";
import type { Folder } from "./folder.ts";
import type { Guards } from "../routing/guards.ts";
import { hook } from "../routing/hooks.ts";
import type { Installed, PluginContext } from "../lifecycle/installed.ts";
import type { Languages } from "../routing/languages.ts";
import type { PluginRecords } from "../settings/plugin-records.ts";
import type { Manifest, Work } from "../contract/protocol.ts";
import type { Questions } from "../gateway/questions.ts";
import type { CommandRouter } from "../routing/command-router.ts";
import { chatOf, chatsOf, type Scopes } from "../routing/scopes.ts";
import type { PluginBurst, PluginDeliveries, PluginServices } from "../contract/services.ts";
import type { SettingValues } from "../settings/values.ts";
import type { OutgoingDraft, Role } from "../contract/words.ts";

/** What a host is made of. */
export interface ContextParts {
  services: PluginServices;
  deliveries: PluginDeliveries;
  folder: Folder;
  eventRouter: EventRouter;
  router: CommandRouter;
  questions: Questions;
  records: PluginRecords;
  values: SettingValues;
  guards: Guards;
  languages: Languages;
  scopes: Scopes;
  /** The bot's time zone. */
  zone: string;
  plugins: PluginContext["plugins"];
}

/** What the host is to each of its plugins. */
export class HostPluginContext implements PluginContext {
  readonly services: PluginServices;
  readonly questions: Questions;
  readonly zone: string;
  readonly plugins: PluginContext["plugins"];
  /** Who hears that a plugin is in another state, or gone. */
  readonly listeners = new Set<() => void>();
  /** Commands that two plugins want, told once. */
  readonly #contested = new Set<string>();

  constructor(readonly parts: ContextParts) {
    ({ services: this.services, questions: this.questions, zone: this.zone, plugins: this.plugins } = parts);
  }

  moved(): void {
    for (const hear of this.listeners) hear();
  }

  languagesFor({ device, data }: BotEvent): string[] {
    return this.parts.languages.of(device, "chat" in data && typeof data.chat === "string" ? data.chat : null);
  }

  speak({ device, data }: BotEvent<"message.received">, language: string | null): Promise<void> {
    return this.parts.languages.choose(device, data.chat, language);
  }

  isOn(name: string, device: string): boolean {
    return this.parts.scopes.isOn(name, device, []);
  }

  async roleOf(work: Work): Promise<Role> {
    return work.kind === "event" && work.event.type === "message.received"
      ? this.parts.guards.role(work.event as BotEvent<"message.received">)
      : "owner";
  }

  commands(work: Work | null) {
    const { router, scopes } = this.parts;
    const event = work?.kind === "event" ? work.event : null;
    const isOn = (plugin: string) => event === null || scopes.isOn(plugin, event.device, chatsOf(event));
    return { prefixes: [...router.prefixes], commands: router.list(isOn) };
  }

  /** What the plugins' outgoing hooks make of a draft; throws `refused` when one stops it. */
  outgoing(draft: OutgoingDraft): Promise<DraftContent> {
    const { folder, scopes } = this.parts;
    const isOn = (plugin: string) => scopes.isOn(plugin, draft.device, [chatOf(draft.to)]);
    const hooked = folder.all.filter(
      ({ name, registered, guards }) => (registered?.outgoing || guards) && name !== draft.plugin && isOn(name),
    );
    return hook(hooked, draft);
  }

  faulted(name: string, fault: PluginFault): void {
    this.parts.folder.named(name)?.faulted(fault);
  }

  settings(manifest: Manifest): Promise<Record<string, unknown>> {
    return this.parts.values.of(manifest);
  }

  wanted(name: string): Promise<boolean | null> {
    return this.parts.records.wanted(name);
  }

  disabledReason(name: string): Promise<string | null> {
    return this.parts.records.disabledReason(name);
  }

  decided(name: string): Promise<string> {
    return this.parts.records.decided(name);
  }

  wasGuard(name: string): Promise<boolean> {
    return this.parts.records.wasGuard(name);
  }

  rememberGuard(name: string, isGuard: boolean): Promise<void> {
    return this.parts.records.rememberGuard(name, isGuard);
  }

  claim(name: string, plugin: Installed): void {
    this.parts.folder.claim(name, plugin);
  }

  async activate(plugin: Installed): Promise<void> {
    const { deliveries, eventRouter, records, scopes, services } = this.parts;
    await this.questions.restore(plugin.name);
    scopes.set(plugin.name, await records.scope(plugin.name));
    this.#reroute();
    deliveries.join(plugin.name, {
      wants: (event, device) => eventRouter.wants(plugin, event, device),
      deliver: async (event, failures) => plugin.lapsed(event) ?? eventRouter.deliver(plugin, event, failures),
      burst: this.#burstOf(plugin),
    });
    services.log.info({ plugin: plugin.name, permissions: plugin.manifest?.permissions }, "a plugin runs");
  }

  #burstOf(plugin: Installed): PluginBurst | null {
    const rule = plugin.registered?.burst ?? null;
    const { eventRouter } = this.parts;
    return (
      rule && {
        rule,
        wants: (event, device) => eventRouter.wantsInBurst(plugin, event, device),
        deliver: async (events, failures) => {
          const present = events.filter((event) => plugin.lapsed(event) === null);
          const [first] = events;
          if (present.length === 0 && first !== undefined) return plugin.lapsed(first) ?? { ok: true };
          return eventRouter.deliverBurst(plugin, present, failures);
        },
      }
    );
  }

  deactivate(plugin: Installed): void {
    this.#reroute();
    this.questions.forget(plugin.name);
    this.parts.deliveries.leave(plugin.name);
  }

  disable(name: string, problem: string): Promise<void> {
    return this.parts.records.setDisabled(name, problem);
  }

  /** Who comes first by file name keeps a command that two want. */
  #reroute(): void {
    const { folder, router } = this.parts;
    const entries = folder.all.flatMap((plugin) => plugin.registered?.commands ?? []);
    for (const { plugin, word, owner } of router.set(entries)) {
      const key = `${plugin} ${word} ${owner}`;
      if (this.#contested.has(key)) continue;
      this.#contested.add(key);
      const sentence = "a command is another plugin's already; that one keeps it";
      this.services.log.warn({ plugin, word, owner }, sentence);
    }
  }
}
