import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BotEvent, type EventData, type EventType } from "../../src/core/model/events/events.ts";
import { Failure } from "../../src/core/base/failure.ts";
import type { Log } from "../../src/core/base/log.ts";
import type { DraftContent } from "../../src/core/model/message/message.ts";
import { Allowed } from "../../src/net/allowed.ts";
import { guardedFetch } from "../../src/net/fetch.ts";
import { type PluginHost, type PluginHostOptions, startPluginHost } from "../../src/plugins/host/host.ts";
import type {
  PluginFaultNotice,
  PluginOutcome,
  PluginServices,
  PluginTarget,
} from "../../src/plugins/contract/services.ts";
import { openStore } from "../../src/store/open.ts";
import { HandClock } from "../clock.ts";

export interface SentMessage {
  to: string;
  content: DraftContent;
  key: string;
  device: string;
  /** What was said beside the content. */
  context: object;
}
export interface Line {
  level: string;
  sentence: string;
  fields: Record<string, unknown>;
}

type NamedMessage = Partial<EventData<"message.received">>;

/** A plugin host on a real store, with a list for a WhatsApp: what goes out is in `sent`. */
export class House {
  readonly sent: SentMessage[] = [];
  readonly lines: Line[] = [];
  readonly faults: PluginFaultNotice[] = [];
  readonly targets = new Map<string, PluginTarget>();
  host!: PluginHost;
  #waiting: { holds: () => boolean; resolve: () => void }[] = [];
  #events = 0;

  private constructor(
    readonly dir: string,
    readonly clock: HandClock,
    readonly services: PluginServices,
    readonly close: () => Promise<void>,
  ) {}

  /** `files`: plugins by file name. */
  static async open(
    files: Record<string, string>,
    options: Partial<Omit<PluginHostOptions, "services">> & {
      services?: Partial<PluginServices>;
      base?: string;
      clock?: number;
    } = {},
  ): Promise<House> {
    const base = options.base ?? mkdtempSync(join(tmpdir(), "merpati-plugins-"));
    const dir = options.dir ?? join(base, "plugins");
    for (const [name, text] of Object.entries(files)) await Bun.write(join(dir, name), text);
    const clock = new HandClock(options.clock);
    const store = await openStore({ dir: join(base, "sessions"), clock, targetsOf: () => [], durability: "normal" });
    const seen = new Map<string, { body: string; id: string }>();
    const services: PluginServices = {
      log: linesTo((line) => house.#line(line)),
      clock,
      data: store.pluginData,
      async send(device, { to, content, send_at: at, ...context }, key) {
        const body = JSON.stringify({ to, content });
        const before = seen.get(key);
        if (before && before.body !== body) throw new Failure("idempotency_conflict", "another body");
        const id = before?.id ?? Bun.randomUUIDv7();
        seen.set(key, { body, id });
        const leave = () => house.#push(() => house.sent.push({ to, content, key, device, context }));
        if (!before && at !== undefined) clock.after(at * 1000 - clock.now(), leave);
        else if (!before) leave();
        return { id, chat: to };
      },
      fetch: (url, request) => guardedFetch({ clock, allowed: new Allowed(["127.0.0.1"]) }).send(url, request),
      tell: (fault) => house.#push(() => house.faults.push(fault)),
      ...options.services,
    };
    const house = new House(dir, clock, services, async () => {
      await house.host?.stop();
      await store.close();
      if (options.base === undefined) rmSync(base, { recursive: true, force: true });
    });
    house.host = await startPluginHost({
      watch: false,
      ...options,
      dir,
      services,
      deliveries: {
        join: (plugin, target) => house.#push(() => void house.targets.set(plugin, target)),
        leave: (plugin) => house.#push(() => void house.targets.delete(plugin)),
      },
    });
    return house;
  }

  /** Somebody writes; resolves with the outcome at every plugin that was owed the message. */
  says(text: string, more: NamedMessage = {}): Promise<Record<string, PluginOutcome>> {
    return this.tell(this.message(text, more));
  }

  message(text: string, more: NamedMessage = {}): BotEvent<"message.received"> {
    const phone = more.sender_phone ?? "628111";
    const jid = `${phone}@s.whatsapp.net`;
    return this.event("message.received", {
      id: `WA${this.#events}`,
      chat: jid,
      chat_phone: phone,
      chat_lid: null,
      sender: jid,
      sender_phone: phone,
      sender_lid: null,
      sender_username: null,
      wire: { chat: jid, sender: jid },
      from_me: false,
      is_group: false,
      push_name: "Ann",
      timestamp: Math.floor(this.clock.now() / 1000),
      content: { kind: "text", text },
      ...more,
    });
  }

  event<T extends EventType>(type: T, data: EventData<T>): BotEvent<T> {
    this.#events += 1;
    const timestamp = new Date(this.clock.now()).toISOString();
    return { id: `event-${this.#events}`, seq: this.#events, type, timestamp, device: "default", data };
  }

  /** One attempt at every plugin that wants it. */
  async tell(event: BotEvent, failures = 0): Promise<Record<string, PluginOutcome>> {
    const owed = [...this.targets].filter(([, target]) => target.wants(event, event.device));
    const outcomes = await Promise.all(
      owed.map(async ([name, target]) => [name, await target.deliver(event, failures)] as const),
    );
    return Object.fromEntries(outcomes);
  }

  texts(): string[] {
    return this.sent.map(({ content }) => ("text" in content ? content.text : ""));
  }

  state(plugin: string): string | undefined {
    return this.host.list().find(({ name }) => name === plugin)?.state;
  }

  /** Resolves when `holds` does; looked at whenever anything is sent, logged, joined or left. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push({ holds, resolve }));
  }

  #line(line: Line): void {
    this.#push(() => this.lines.push(line));
  }

  #push(change: () => unknown): void {
    change();
    for (const waiting of this.#waiting.slice()) {
      if (!waiting.holds()) continue;
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.resolve();
    }
  }
}

function linesTo(write: (line: Line) => void): Log {
  const at = (level: string) => (fields: Record<string, unknown>, sentence: string) =>
    write({ level, sentence, fields });
  const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), child: () => log };
  return log;
}
