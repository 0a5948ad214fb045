import { operator } from "../../core/access/operator.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compose, type Running } from "../../composition/composition.ts";
import { readConfig } from "../../config/config.ts";
import { defaultDevice } from "../../core/bot.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import type { Store } from "../../core/ports/store.ts";
import { makeLog } from "../../log/log.ts";
import { startBotSimulator } from "../base/simulated.ts";
import type { Heard, Simulator } from "../../simulator/index.ts";
import { FixtureActors } from "./fixture-actors.ts";
import { eventsIn, readFixture } from "./fixture.ts";
import { IdleWait } from "./idle-wait.ts";
import { TestPeople, type TellsOf } from "./test-people.ts";
import { toldOfPlugin } from "./told.ts";
import { ManualClock } from "./manual-clock.ts";

const ownNumber = "6281100000001";
const marker = "workbench-marker";
/** Answers last of all what was said before it: how silence is known without waiting. */
const markerPlugin = `export default { name: "${marker}", setup({ command }) { command("${marker}", { hidden: true }, ({ reply }) => reply("${marker}")); } };`;

interface Opening {
  file: string;
  settings?: Record<string, unknown>;
  owners?: readonly string[];
  admins?: readonly string[];
  prefix?: string;
  language?: string;
}

/** `image` for an imageMessage, `poll` for a pollCreationMessageV3: the kind as plugins call it. */
function kindOf({ message }: Heard): string {
  const name = Object.keys(message).find((key) => key !== "messageContextInfo") ?? "";
  const [word = ""] = name.split(/Message/);
  return { conversation: "text", extendedText: "text", pollCreation: "poll", ptv: "video_note" }[word] ?? word;
}

/** The process behind the test kit: one plugin, the whole bot, a simulated WhatsApp, told what to do line by line. */
export class Workbench {
  readonly #folder = mkdtempSync(join(tmpdir(), "merpati-workbench-"));
  readonly #authority = join(this.#folder, "ca.pem");
  readonly #clock = new ManualClock();
  #people!: TestPeople;
  #sim!: Simulator;
  #cast!: FixtureActors;
  #running!: Running;
  #opening!: Opening;
  #idle!: IdleWait;
  #plugin = "";

  async open(opening: Opening): Promise<void> {
    this.#opening = opening;
    await Bun.write(join(this.#folder, "marker.ts"), markerPlugin);
    this.#sim = await startBotSimulator();
    await Bun.write(this.#authority, this.#sim.certificate);
    this.#people = new TestPeople(this.#sim, ownNumber);
    this.#cast = new FixtureActors(this.#sim, (name) => this.#people.person(name));
    await this.#start();
    const { qr } = await this.#device().qr();
    await this.#sim.phone(ownNumber, { name: "Bot" }).scan(qr);
    await this.#connected();
  }

  /** Somebody is there from now on. */
  person({ user, phone }: { user: string; phone?: string }): void {
    this.#people.person(user, phone);
  }

  /** Does what people do, and resolves when the bot heard of it and every plugin has done with it. Null: there is no such act. */
  act(verb: string, args: object): Promise<void> | null {
    const acts = this.#people?.acts as Record<string, (given: object) => Promise<TellsOf>> | undefined;
    const act = acts?.[verb];
    return act ? this.#brings(() => act(args)) : null;
  }

  url(): string {
    return this.#running.url;
  }

  async hears(what: {
    user: string;
    phone?: string;
    text?: string;
    pattern?: string;
    flags?: string;
    kind?: string;
    patience: number;
  }) {
    const { user, phone, text = "", pattern, flags, kind, patience: timeoutMs } = what;
    const matcher =
      kind !== undefined
        ? (heard: Heard) => kindOf(heard) === kind
        : pattern !== undefined
          ? new RegExp(pattern, flags)
          : text;
    const heard = await this.#people.person(user, phone).hears(matcher, { timeoutMs });
    return { id: heard.id, text: heard.text ?? null, kind: kindOf(heard), message: heard.message };
  }

  async silence({ user, phone }: { user: string; phone?: string }): Promise<void> {
    const prefix = this.#opening.prefix ?? "!";
    await this.#idle.quiet({ retries: true });
    const person = this.#people.person(user, phone);
    await this.act("says", { user, text: prefix + marker });
    const heard = await person.hears(() => true, { timeoutMs: 10_000 });
    if (heard.text !== marker)
      throw new Error(`expected silence, but ${user} heard ${JSON.stringify(heard.text ?? "something")}`);
  }

  async group({ name, members }: { name: string; members: string[] }): Promise<string> {
    const people = members.map((member) => this.#people.person(member));
    return this.#sim.group(name, [...people, this.#sim.phone(ownNumber)]).id;
  }

  async wind({ ms }: { ms: number }): Promise<void> {
    await this.#clock.wind(ms, () => this.#idle.quiet());
    // The bot lives in real time: what it holds for a moment that has come on the plugin's clock is let out.
    const held = await this.#device().outbox.list({ reason: "scheduled", limit: 500 });
    const due = held.messages.filter(({ sendAt }) => sendAt !== null && sendAt <= this.#clock.now());
    for (const { id } of due.toSorted((a, b) => (a.sendAt ?? 0) - (b.sendAt ?? 0)))
      await this.#device().outbox.release(id);
    await this.#idle.settled();
  }

  async replay({ events, file }: { events?: unknown[]; file?: string }): Promise<void> {
    const recorded = file === undefined ? eventsIn(events ?? []) : await readFixture(file);
    for (const [index, event] of this.#cast.play(recorded).entries()) {
      const outcome = await this.#idle.unlessAsleep(this.#running.plugins.replay(this.#plugin, event));
      const { ok = true, error = "" } = outcome ?? {};
      if (!ok) throw new Error(recorded.length > 1 ? `event ${index + 1} (${event.type}): ${error}` : error);
    }
    await this.#idle.settled();
  }

  async restart(): Promise<void> {
    await this.#running.stop();
    await this.#start();
    await this.#connected();
  }

  async close(): Promise<void> {
    await this.#running?.stop();
    await this.#sim?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { file, settings = {}, prefix, language, owners = [], admins = [] } = this.#opening;
    const numbers = (names: readonly string[]) => names.map(this.#people.numberOf).join(",");
    const config = readConfig({
      PORT: "0",
      HOST: "127.0.0.1",
      AUTH: "off",
      SENDING: "off",
      DURABILITY: "normal",
      LOG_LEVEL: "info",
      OUTBOUND_ALLOW: "loopback",
      SESSIONS_DIR: this.#folder,
      PLUGINS_DIR: dirname(file),
      WHATSAPP_URL: this.#sim.url,
      WHATSAPP_ROOT_KEY: this.#sim.rootKey,
      WHATSAPP_CA: this.#authority,
      ...(prefix && { COMMAND_PREFIX: prefix }),
      ...(language && { BOT_LANGUAGE: language }),
      ...(owners.length > 0 && { OWNERS: numbers(owners) }),
      ...(admins.length > 0 && { ADMINS: numbers(admins) }),
    });
    // The bot itself lives in real time: wound, its connection would look dead.
    const plugins = {
      files: [file, join(this.#folder, "marker.ts")],
      watch: false,
      environment: {},
      clock: this.#clock,
    };
    let store: Store | undefined;
    const around = (opened: Store) => (store = opened);
    this.#running = await compose(config, makeLog(config, { out: { write: tell } }), { plugins, around });
    const own = this.#running.plugins.list().find(({ name }) => name !== marker);
    if (!own) throw new Error(`${file} is no plugin`);
    this.#plugin = own.name;
    await this.#running.bot.as(operator("bot")).createDevice(defaultDevice);
    if (store) this.#idle = new IdleWait(this.#running, store, [own.name, marker]);
    if (Object.keys(settings).length > 0) await this.#running.plugins.configure(own.name, settings);
    await this.#running.plugins.enable(own.name);
  }

  async #brings(act: () => Promise<TellsOf>): Promise<void> {
    const arrived = Promise.withResolvers<void>();
    const seen: BotEvent[] = [];
    let isIt: TellsOf | null = null;
    const stop = this.#running.bot.as(operator("bot")).listen((event) => {
      seen.push(event);
      if (isIt?.(event)) arrived.resolve();
    });
    let late: Timer | undefined;
    try {
      isIt = await act();
      late = setTimeout(() => arrived.reject(new Error("the bot heard nothing of it within 10 s")), 10_000);
      if (!seen.some(isIt)) await arrived.promise;
    } finally {
      clearTimeout(late);
      stop();
    }
    await this.#idle.settled();
  }

  #device() {
    return this.#running.bot.as(operator("bot")).device(defaultDevice);
  }

  async #connected(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.#running.bot.as(operator("bot")).listen(({ type }) => type === "device.connected" && resolve());
    if (this.#device().status().phase !== "connected") await promise;
    stop();
  }
}

/** The test's own output is where its author looks; standard output is taken. */
function tell(line: string): void {
  const told = toldOfPlugin(line);
  if (told !== null && !told.startsWith("✓")) process.stderr.write(`${told}\n`);
}

/** Does what each line of standard input says, and answers each with a line. */
export async function serveWorkbench(): Promise<void> {
  const bench = new Workbench();
  for await (const line of console) {
    if (line.trim() === "") continue;
    const { id, verb, ...args } = JSON.parse(line) as { id: number; verb: string };
    const act = (bench as unknown as Record<string, (args: object) => Promise<unknown>>)[verb];
    const work = async () => bench.act(verb, args) ?? act?.call(bench, args);
    const outcome = await work().then(
      (value) => ({ id, value: value ?? null }),
      (thrown: unknown) => ({
        id,
        error: thrown instanceof Error ? thrown.message : String(thrown),
      }),
    );
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  }
  await bench.close();
  // Standard input, once read, keeps the process alive.
  process.exit(0);
}
