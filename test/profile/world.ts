import type { DraftContent } from "../../src/core/model/content/draft.ts";
import type { SimulatorStart } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";

/** How long a story waits for what a real user would see at once, in milliseconds. */
export const soonMs = 4_000;

/** The bot against the WhatsApp of the newest profile. */
export class ProfileWorld implements AsyncDisposable {
  readonly bot: TestBot;

  constructor(bot: TestBot) {
    this.bot = bot;
  }

  /** History and app state come inside their stanzas unless a story is about the files. Nobody knows the present version. */
  static async start(options: SimulatorStart = {}): Promise<ProfileWorld> {
    const simulator = { profile: "newest", seed: 18, history: "inline", appState: "patches", ...options } as const;
    const env = { WHATSAPP_VERSION_URL: "http://127.0.0.1:9/sw.js" }; // nobody listens there
    return new ProfileWorld(await startBot({ simulator, env }));
  }

  static async linked(options: SimulatorStart = {}): Promise<ProfileWorld> {
    const world = await ProfileWorld.start(options);
    try {
      await world.bot.link();
    } catch (cause) {
      await world[Symbol.asyncDispose]();
      throw cause;
    }
    return world;
  }

  get sim() {
    return this.bot.sim;
  }

  get ann() {
    return this.bot.contact();
  }

  get ben() {
    return this.bot.contact("628120000002", "Ben");
  }

  /** A group with Ann, Ben and the account. */
  family(addressing: "lid" | "pn" = "lid") {
    return this.sim.group("Family", [this.ann, this.ben, this.bot.phone], { addressing });
  }

  /** Sends as a user of the API does; returns the id that the message has at WhatsApp. */
  async sends(to: string, content: DraftContent, more: object = {}): Promise<string> {
    return (await this.bot.device.outbox.send({ to, content, ...more })).waId;
  }

  text(to: string, text: string): Promise<string> {
    return this.sends(to, { kind: "text", text });
  }

  /** Resolves once `holds` is true, looked at after every event of the bot and of the simulator. */
  async soon(holds: () => boolean, what: string, ms = soonMs): Promise<void> {
    const stop = new AbortController();
    const late = AbortSignal.timeout(ms);
    await new Promise<void>((resolve, reject) => {
      const look = (): void => void (holds() && resolve());
      late.addEventListener("abort", () => reject(new Error(`not within ${ms} ms: ${what}`)), { signal: stop.signal });
      stop.signal.addEventListener("abort", this.sim.on(look));
      stop.signal.addEventListener("abort", this.bot.workspace.listen(look));
      look();
    }).finally(() => stop.abort());
  }

  /** Resolves once Ann has heard a text that was sent; rejects as soon as the bot has given a message up. */
  async arrives(text: string, ms = soonMs): Promise<void> {
    const isHeard = () => this.ann.inbox.some((heard) => heard.text === text);
    const isLost = () => this.told("message.failed", "");
    await this.soon(() => isHeard() || isLost(), `Ann to hear ${text}`, ms);
    if (!isHeard()) throw new Error(`${text} was given up`);
  }

  /** Whether an event of a message says this, as text or in what became of it. */
  told(type: string, words: string): boolean {
    return this.bot.events.some((event) => event.type === type && JSON.stringify(event.data).includes(words));
  }

  /** Ends a story: everything is settled, and the client did nothing that WhatsApp refuses. */
  async ends(): Promise<void> {
    await this.sim.settles(soonMs);
    if (this.sim.problems.length > 0) throw new Error(this.sim.problems.join("\n"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bot[Symbol.asyncDispose]();
  }
}
