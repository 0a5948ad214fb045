import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import type { ChannelChat, SimulatedContact, Phone, Simulator, SimulatorStart } from "../../src/simulator/index.ts";
import { Receiver } from "../receiver.ts";
import { Dice } from "./dice.ts";
import { Subject } from "./subject.ts";

const key = "test-key-of-the-admin-0123456789";

export interface StoryOptions {
  seed: number;
  /** The program that must not lose anything: a file beside this one, or a compiled binary. */
  subject: string;
  inbound: number;
  /** 0 for a subject that cannot send. */
  outbound: number;
  kills: number;
  contacts?: number;
  groups?: number;
  /** How long everything may take to arrive after the last kill. */
  settleMs?: number;
  onKill?: (count: number) => void;
  simulator?: SimulatorStart;
}

export interface Verdict {
  seed: number;
  kills: number;
  inbound: number;
  outbound: number;
  /** Messages WhatsApp was told we have, and the receiver never got. */
  lost: string[];
  /** Deliveries of an event the receiver had before. */
  duplicates: number;
  /** Events of one message with different ids. */
  renamed: string[];
  /** Messages that arrived before an earlier one of their chat. */
  disordered: string[];
  /** Accepted sends that the contact never heard. */
  unsent: string[];
  /** Accepted sends that the contact saw twice, as two messages. */
  doubled: string[];
  problems: readonly string[];
}

/** A subject, its WhatsApp and its receiver; traffic flows while it is killed again and again. */
export class Story {
  readonly receiver = new Receiver();
  subject: Subject;
  readonly #dice: Dice;
  readonly #folder = mkdtempSync(join(tmpdir(), "merpati-crash-"));
  readonly #phone: Phone;
  readonly #people: SimulatedContact[];
  /** Posts are not encrypted: they must survive without a journal. */
  readonly #channel: ChannelChat;
  readonly #said = new Map<string, string[]>();
  readonly #accepted = new Map<string, string>();
  readonly #sends: Promise<void>[] = [];
  #sentCount = 0;
  #saidCount = 0;
  kills = 0;

  private constructor(
    readonly sim: Simulator,
    readonly options: StoryOptions,
  ) {
    this.#dice = new Dice(options.seed);
    this.#phone = sim.phone("6281100000001", { name: "Budi" });
    const count = options.contacts ?? 4;
    this.#people = Array.from({ length: count }, (_, at) =>
      sim.contact(`6281200000${String(at).padStart(3, "0")}`, { name: `Contact ${at}` }),
    );
    const [owner = this.#phone] = this.#people;
    this.#channel = sim.channel("News", { by: owner, followers: [this.#phone] });
    this.subject = this.#program(options.subject);
  }

  /** Another version of the subject on the same folder; it is started by `revive`. */
  async becomes(subject: string): Promise<void> {
    await this.subject.stop();
    this.subject = this.#program(subject);
  }

  /** Without trust in the media server each part of the history is retried, and what was written meanwhile waits for it. */
  #authority(): string {
    const file = join(this.#folder, "authority.pem");
    writeFileSync(file, this.sim.certificate);
    return file;
  }

  #program(file: string): Subject {
    return new Subject(file, {
      PORT: "0",
      HOST: "127.0.0.1",
      API_KEY: key,
      SESSIONS_DIR: this.#folder,
      PLUGINS_DIR: join(this.#folder, "plugins"),
      WHATSAPP_URL: this.sim.url,
      WHATSAPP_ROOT_KEY: this.sim.rootKey,
      WHATSAPP_CA: this.#authority(),
      WEBHOOK_URL: this.receiver.url,
      WEBHOOK_EVENTS: "message.received,channel.post",
      SENDING: "off",
      LOG_LEVEL: "silent",
    });
  }

  static async begin(options: StoryOptions): Promise<Story> {
    const story = new Story(await startBotSimulator({ seed: options.seed, ...options.simulator }), options);
    await story.subject.start();
    await story.#link();
    return story;
  }

  async end(): Promise<void> {
    await this.subject.kill();
    await this.sim.stop();
    await this.receiver.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Each round some messages are written while the subject is down, so that they come in one go when it is back, and
   * some while it runs; after a random number of receipts it is killed.
   */
  async play(): Promise<Verdict> {
    const { inbound, outbound, kills } = this.options;
    const each = Math.ceil(inbound / kills);
    for (let round = 0; round < kills; round++) {
      const missed = this.subject.running ? 0 : this.#dice.below(each);
      await this.burst(missed, 0);
      const enough = this.#receipts(this.#dice.below(each));
      if (!this.subject.running) await this.revive();
      await this.burst(each - missed, Math.ceil(outbound / kills));
      await enough;
      await this.subject.kill();
      this.kills += 1;
      this.options.onKill?.(this.kills);
    }
    await this.revive();
    return this.verdict();
  }

  /**
   * So many messages wait while the subject is away. It is killed when WhatsApp has a third of the receipts, and what is live
   * comes when it is back.
   */
  async absence(waiting: number, live: number): Promise<Verdict> {
    await this.subject.kill();
    await this.burst(waiting, 0);
    const some = this.#receipts(Math.floor(waiting / 3));
    await this.revive();
    await some;
    await this.subject.kill();
    this.kills += 1;
    await this.revive();
    await this.burst(live, 0);
    return this.verdict();
  }

  /** Starts the subject anew and waits until WhatsApp sees it. */
  async revive(extra: Record<string, string> = {}): Promise<void> {
    const online = this.sim.until("device.online", { timeoutMs: 30_000 });
    await this.subject.start(extra);
    await online;
  }

  /** One of the contacts loses his phone and sets WhatsApp up anew. */
  reinstall(): void {
    this.#people[0]?.reinstalls();
  }

  async burst(inbound: number, outbound: number): Promise<void> {
    for (let at = 0; at < inbound; at++) await this.#say();
    for (let at = 0; at < outbound; at++) this.#sends.push(this.#send());
  }

  /** Resolves after so many receipts from now on, or when nothing more comes of this round. */
  #receipts(count: number): Promise<void> {
    let left = count;
    const stop = this.sim.on((event) => void (event.type === "message.receipt" && left--));
    return this.sim
      .until(() => left <= 0, { timeoutMs: 5_000 })
      .catch(() => {})
      .finally(stop);
  }

  async #say(): Promise<void> {
    // One voice more than there are people: the channel's.
    const person = this.#people[this.#dice.below(this.#people.length + 1)];
    const text = `message ${this.#saidCount++}`;
    const { id } = person ? await person.says(text, { to: this.#phone }) : this.#channel.post(text);
    const name = person?.number ?? this.#channel.id;
    this.#said.set(name, [...(this.#said.get(name) ?? []), id]);
  }

  /** As a careful client does: the same key until there is an answer. */
  async #send(): Promise<void> {
    const text = `answer-${this.#sentCount++}`;
    const person = this.#people[this.#dice.below(this.#people.length)];
    if (!person) return;
    for (let attempt = 0; attempt < 200; attempt++) {
      const answer = await fetch(`${this.subject.url}/v1/devices/default/messages`, {
        method: "POST",
        headers: { "x-api-key": key, "content-type": "application/json", "idempotency-key": text },
        body: JSON.stringify({ to: person.number, text }),
      }).catch(() => null);
      if (answer?.status === 202) {
        this.#accepted.set(text, person.number);
        return;
      }
      // The subject is down: until it is back, or a moment when it is not.
      await this.sim.until("device.online", { timeoutMs: 200 }).catch(() => {});
    }
  }

  async #link(): Promise<void> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const answer = await fetch(`${this.subject.url}/connection/qr`, { headers: { "x-api-key": key } });
      const body = (await answer.json().catch(() => null)) as { data?: { qrCode: string } } | null;
      if (body?.data) return void (await this.#phone.scan(body.data.qrCode));
      if (Date.now() > deadline) throw new Error("no QR appeared");
      await this.sim.until("qr.offered", { timeoutMs: 200 }).catch(() => {});
    }
  }

  /** Everything that will ever arrive has arrived; what is missing is lost. */
  async verdict(): Promise<Verdict> {
    const all = [...this.#said.values()].flat();
    const arrivals = new Arrivals(this.receiver, this.#people);
    await Promise.all(this.#sends);
    const missing = new Set([...all, ...this.#accepted.keys()]);
    const complete = () => {
      for (const arrived of arrivals.fresh()) missing.delete(arrived);
      return missing.size === 0;
    };
    const { settleMs = 20_000, seed } = this.options;
    // Whichever of the two has the last word.
    const arrived = [
      this.receiver.until(complete, "everything", settleMs),
      this.sim.until(complete, { timeoutMs: settleMs }),
    ];
    await Promise.any(arrived).catch(() => {});
    complete();
    const got = new Set(this.receiver.events.map(({ data }) => (data as { id: string }).id));
    return {
      seed,
      kills: this.kills,
      inbound: all.length,
      outbound: this.#accepted.size,
      lost: all.filter((id) => missing.has(id)),
      duplicates: this.receiver.all.length - got.size,
      renamed: this.#renamed(),
      disordered: [...this.#said.values()].flatMap((ids) => this.#disordered(ids)),
      unsent: [...this.#accepted.keys()].filter((text) => missing.has(text)),
      doubled: this.#doubled(),
      problems: this.sim.problems,
    };
  }

  #renamed(): string[] {
    const names = new Map<string, string>();
    return this.receiver.events
      .filter(({ id, data }) => {
        const message = (data as { id: string }).id;
        const before = names.get(message);
        names.set(message, before ?? id);
        return before !== undefined && before !== id;
      })
      .map(({ id }) => id);
  }

  #disordered(ids: readonly string[]): string[] {
    const mine = new Set(ids);
    const firsts = [...new Set(this.receiver.events.map(({ data }) => (data as { id: string }).id))];
    const came = firsts.filter((id) => mine.has(id));
    const arrived = new Set(came);
    const expected = ids.filter((id) => arrived.has(id));
    return came.filter((id, at) => expected[at] !== id);
  }

  #doubled(): string[] {
    const texts = this.#people.flatMap((person) => person.inbox.map(({ text }) => text ?? ""));
    const seen = new Set<string>();
    return texts.filter((text) => seen.size === seen.add(text).size);
  }
}

/** Ids that reached the receiver and texts that were heard, each told once: there are tens of thousands. */
class Arrivals {
  #received = 0;
  readonly #heard = new Map<SimulatedContact, number>();

  readonly #receiver: Receiver;
  readonly #people: readonly SimulatedContact[];

  constructor(receiver: Receiver, people: readonly SimulatedContact[]) {
    this.#receiver = receiver;
    this.#people = people;
  }

  *fresh(): Generator<string> {
    for (; this.#received < this.#receiver.all.length; this.#received++) {
      const { data } = this.#receiver.all[this.#received]?.event ?? {};
      yield (data as { id: string }).id;
    }
    for (const person of this.#people) {
      let at = this.#heard.get(person) ?? 0;
      for (; at < person.inbox.length; at++) yield person.inbox[at]?.text ?? "";
      this.#heard.set(person, at);
    }
  }
}
