import { type BotEvent, is, type NewEvent } from "../../core/model/events/events.ts";
import type { Guards } from "./guards.ts";
import type { Installed } from "../lifecycle/installed.ts";
import type { Match } from "../contract/protocol.ts";
import { placeOf, type Questions } from "../gateway/questions.ts";
import type { CommandRouter } from "./command-router.ts";
import { wordsOf } from "../contract/said.ts";
import { chatsOf, type Scopes } from "./scopes.ts";
import type { PluginOutcome, PluginServices } from "../contract/services.ts";

type Received = BotEvent<"message.received">;
interface Handler {
  plugin: string;
  match: Match;
}

/** Decides which plugin hears what, and hands it over. */
export class EventRouter {
  /** Who takes the message that is asked about, once for all plugins that are asked in one go. */
  #asked: { data: unknown; device: string | null; taker: Handler | null } | null = null;

  constructor(
    readonly router: CommandRouter,
    readonly questions: Questions,
    readonly guards: Guards,
    readonly services: PluginServices,
    readonly scopes: Scopes,
  ) {}

  /** Whether this plugin is owed the event. Runs for every event and plugin: no I/O, no throw. */
  wants(plugin: Installed, event: Pick<NewEvent, "type" | "data">, device: string | null): boolean {
    if (!this.scopes.isOn(plugin.name, device, chatsOf(event))) return false;
    return this.#match(plugin, event as BotEvent, () => this.#handlerOnce(event as Received, device)) !== null;
  }

  async deliver(plugin: Installed, event: BotEvent, failures: number): Promise<PluginOutcome> {
    const matched = this.#match(plugin, event, () => this.#handler(event as Received, event.device ?? "", event.id));
    // Reloaded meanwhile, and no longer interested.
    if (matched === null && plugin.registered !== null) return { ok: true };
    try {
      if (matched && is(event, "message.received") && (await this.#stopped(plugin, event, matched)))
        return { ok: true };
    } catch (thrown) {
      return { ok: false, error: thrown instanceof Error ? thrown.message : String(thrown), final: failures >= 2 };
    }
    return plugin.deliver(event, matched ?? { by: "subscription", as: [] }, failures);
  }

  /** Whether the plugin is owed the event as a part of what its chat writes: what a command or question takes is none. */
  wantsInBurst(plugin: Installed, event: Pick<NewEvent, "type" | "data">, device: string | null): boolean {
    if (!isSaid(event) || !this.scopes.isOn(plugin.name, device, chatsOf(event))) return false;
    return this.#handlerOnce(event as Received, device) === null;
  }

  async deliverBurst(plugin: Installed, events: readonly BotEvent[], failures: number): Promise<PluginOutcome> {
    const said = events.filter((event) => is(event, "message.received"));
    const last = said.at(-1);
    if (last === undefined || plugin.registered?.burst === null) return { ok: true };
    return plugin.deliver(last, { by: "burst", events: said }, failures);
  }

  /** True when the guard said no, which was answered. Else a question is noted as taken. */
  async #stopped(plugin: Installed, event: Received, matched: Match): Promise<boolean> {
    if (matched.by === "answer") {
      await this.questions.take(plugin.name, placeOf(event.device ?? "", event.data), event.id);
      return false;
    }
    if (matched.by !== "command") return false;
    const entry = plugin.registered?.commands.find(({ name }) => name === matched.command);
    const refusal = entry ? await this.guards.refusal(entry, event) : null;
    if (refusal === null) return false;
    const draft = { to: event.data.chat, content: { kind: "text" as const, text: refusal } };
    if (refusal !== "")
      await this.services.send(event.device ?? "default", draft, `plugin:${plugin.name}:${event.id}:guard`);
    return true;
  }

  #match(plugin: Installed, event: BotEvent, whose: () => Handler | null): Match | null {
    const subscribedTo = plugin.registered?.subscribedTo ?? [];
    const subscribed = subscribedTo.includes(event.type);
    if (!is(event, "message.received")) return subscribed ? { by: "subscription", as: [] } : null;
    const handler = whose();
    if (handler?.plugin === plugin.name) return handler.match;
    const as =
      handler === null && !event.data.from_me
        ? this.#kinds(event.data).filter((kind) => subscribedTo.includes(kind))
        : [];
    return subscribed || as.length > 0 ? { by: "subscription", as } : null;
  }

  #handlerOnce(event: Received, device: string | null): Handler | null {
    const { data } = event;
    if (this.#asked?.data !== data || this.#asked.device !== device) {
      this.#asked = { data, device, taker: this.#handler(event, device ?? "", null) };
      queueMicrotask(() => (this.#asked = null));
    }
    return this.#asked.taker;
  }

  /** What a message is that nobody took. */
  #kinds({ content }: Received["data"]): string[] {
    const kind = `message.${content.kind}`;
    return this.router.addressed(wordsOf(content)) ? [kind, "command.unknown"] : [kind];
  }

  /** A command goes before an open question, so that nobody is caught in one. */
  #handler(event: Pick<Received, "type" | "data">, device: string, id: string | null): Handler | null {
    const chats = chatsOf(event);
    const isOn = (plugin: string) => this.scopes.isOn(plugin, device, chats);
    const match = this.router.match(wordsOf(event.data.content), isOn);
    if (match) {
      const { prefix, rest, entry } = match;
      return { plugin: match.plugin, match: { by: "command", command: entry.name, prefix, rest } };
    }
    const question = this.questions.find(placeOf(device, event.data), id, isOn);
    return question && { plugin: question.plugin, match: { by: "answer", name: question.name, carry: question.carry } };
  }
}

const isSaid = ({ type, data }: Pick<NewEvent, "type" | "data">): boolean =>
  type === "message.received" && "from_me" in data && data.from_me === false;
