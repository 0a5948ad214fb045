import { type BotEvent, is, type NewEvent } from "../../core/model/events/events.ts";
import type { Guards } from "./guards.ts";
import type { Installed } from "../lifecycle/installed.ts";
import type { Taking } from "../contract/protocol.ts";
import { placeOf, type Questions } from "../gateway/questions.ts";
import type { Router } from "./router.ts";
import { wordsOf } from "../contract/said.ts";
import { chatsOf, type Scopes } from "./scopes.ts";
import type { PluginOutcome, PluginServices } from "../contract/services.ts";

type Received = BotEvent<"message.received">;
interface Taker {
  plugin: string;
  taking: Taking;
}

/** Decides which plugin hears what, and hands it over. */
export class Ears {
  /** Who takes the message that is asked about, once for all plugins that are asked in one go. */
  #asked: { data: unknown; device: string | null; taker: Taker | null } | null = null;

  constructor(
    readonly router: Router,
    readonly questions: Questions,
    readonly guards: Guards,
    readonly services: PluginServices,
    readonly scopes: Scopes,
  ) {}

  /** Whether this plugin is owed the event. Runs for every event and plugin: no I/O, no throw. */
  wants(plugin: Installed, event: Pick<NewEvent, "type" | "data">, device: string | null): boolean {
    if (!this.scopes.isOn(plugin.name, device, chatsOf(event))) return false;
    return this.#taking(plugin, event as BotEvent, () => this.#takerOnce(event as Received, device)) !== null;
  }

  async deliver(plugin: Installed, event: BotEvent, failures: number): Promise<PluginOutcome> {
    const taking = this.#taking(plugin, event, () => this.#taker(event as Received, event.device ?? "", event.id));
    // Reloaded meanwhile, and no longer interested.
    if (taking === null && plugin.registered !== null) return { ok: true };
    try {
      if (taking && is(event, "message.received") && (await this.#stopped(plugin, event, taking))) return { ok: true };
    } catch (thrown) {
      return { ok: false, error: thrown instanceof Error ? thrown.message : String(thrown), final: failures >= 2 };
    }
    return plugin.deliver(event, taking ?? { by: "ear", as: [] }, failures);
  }

  /** True when the guard said no, which was answered. Else a question is noted as taken. */
  async #stopped(plugin: Installed, event: Received, taking: Taking): Promise<boolean> {
    if (taking.by === "answer") {
      await this.questions.take(plugin.name, placeOf(event.device ?? "", event.data), event.id);
      return false;
    }
    if (taking.by !== "command") return false;
    const entry = plugin.registered?.commands.find(({ name }) => name === taking.command);
    const refusal = entry ? await this.guards.refusal(entry, event) : null;
    if (refusal === null) return false;
    const draft = { to: event.data.chat, content: { kind: "text" as const, text: refusal } };
    if (refusal !== "")
      await this.services.send(event.device ?? "default", draft, `plugin:${plugin.name}:${event.id}:guard`);
    return true;
  }

  #taking(plugin: Installed, event: BotEvent, whose: () => Taker | null): Taking | null {
    const hears = plugin.registered?.hears ?? [];
    const ear = hears.includes(event.type);
    if (!is(event, "message.received")) return ear ? { by: "ear", as: [] } : null;
    const taker = whose();
    if (taker?.plugin === plugin.name) return taker.taking;
    const as =
      taker === null && !event.data.from_me ? this.#kinds(event.data).filter((kind) => hears.includes(kind)) : [];
    return ear || as.length > 0 ? { by: "ear", as } : null;
  }

  #takerOnce(event: Received, device: string | null): Taker | null {
    const { data } = event;
    if (this.#asked?.data !== data || this.#asked.device !== device) {
      this.#asked = { data, device, taker: this.#taker(event, device ?? "", null) };
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
  #taker(event: Pick<Received, "type" | "data">, device: string, id: string | null): Taker | null {
    const chats = chatsOf(event);
    const isOn = (plugin: string) => this.scopes.isOn(plugin, device, chats);
    const match = this.router.match(wordsOf(event.data.content), isOn);
    if (match) {
      const { prefix, rest, entry } = match;
      return { plugin: match.plugin, taking: { by: "command", command: entry.name, prefix, rest } };
    }
    const question = this.questions.find(placeOf(device, event.data), id, isOn);
    return (
      question && { plugin: question.plugin, taking: { by: "answer", name: question.name, carry: question.carry } }
    );
  }
}
