import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { version } from "../../package.json" with { type: "json" };
import { Failure } from "../core/base/failure.ts";
import { phoneNumber } from "../core/model/recipient.ts";
import { command, print, wholeNumber } from "./base/command.ts";
import { reachingTenant, RunningBot } from "./base/running-bot.ts";
import { type Deed, deeds } from "./selftest-deeds.ts";

const question =
  "Merpati's self test: it sends you one message of each kind and makes a group with you. Answer YES to allow it.";
const lookMs = 100;
/** How long WhatsApp, and the other phone, may take over one message. */
const answerMs = 30_000;

export const selftestCommand = () =>
  reachingTenant(
    command(
      "selftest",
      "Sends every kind of message to a second number of yours, which allows it first by answering YES, makes a group, goes offline and comes back; what WhatsApp answered is written to a file, without numbers and texts.",
    )
      .requiredOption("--device <id>", "The device that sends.")
      .requiredOption("--to <number>", "The second number, with its country code.")
      .option("--out <file>", "Where the report is written.", "selftest.json")
      .option("--minutes <n>", "How long it waits for the YES.", wholeNumber("--minutes", 1, 999), 5),
  ).action(async ({ device, to, out, minutes, ...which }) => {
    const test = new SelfTest(RunningBot.find(which), device, phoneNumber(to, "--to"));
    const results = await test.run(minutes * 60_000);
    const report = { merpati: version, at: new Date().toISOString(), results };
    await writeFile(out, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
    const failed = results.filter(({ answer }) => answer !== "sent").length;
    print(`${results.length} deeds, ${failed} that WhatsApp did not take: see ${out}.`);
    process.exitCode = failed === 0 ? 0 : 1;
  });

/** What became of one deed; nothing of it is personal. */
interface SelfTestResult {
  readonly deed: string;
  /** `sent`, or the code of the failure, or the state in which the time was over. */
  readonly answer: string;
  readonly delivered: boolean;
  readonly ms: number;
}

interface SentMessage {
  readonly message_id: string;
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
}

const arrived: ReadonlySet<string> = new Set(["delivered", "read", "played"]);

class SelfTest {
  readonly #bot: RunningBot;
  readonly #device: string;
  readonly #to: string;

  constructor(bot: RunningBot, device: string, to: string) {
    this.#bot = bot;
    this.#device = `/v1/devices/${encodeURIComponent(device)}`;
    this.#to = to;
  }

  async run(consentMs: number): Promise<SelfTestResult[]> {
    await this.#consent(consentMs);
    const results: SelfTestResult[] = [];
    let last = "";
    for (const deed of deeds) {
      const { result, id } = await this.#do(deed, this.#to, last);
      results.push(result);
      if (id !== null && !("of" in deed)) last = id;
    }
    const group = await this.#group();
    if (group === null) results.push({ deed: "group", answer: "refused", delivered: false, ms: 0 });
    else results.push((await this.#do({ name: "text in a group", content: text }, group, last)).result);
    await this.#away();
    results.push((await this.#do({ name: "text after coming back", content: text }, this.#to, last)).result);
    return results;
  }

  /** Throws when the other phone does not answer YES in time. */
  async #consent(ms: number): Promise<void> {
    const before = await this.#seq();
    await this.#send(this.#to, { kind: "text", text: question });
    print("Answer YES on the other phone.");
    for (const end = Date.now() + ms; Date.now() < end; await pause(lookMs)) {
      const { data } = await this.#bot.ask(
        "GET",
        `${this.#device}/events?after=${before}&types=message.received&limit=500`,
      );
      const said = data as { data: { sender_phone: string | null; content: { kind: string; text?: string } } }[];
      const isYes = ({ data: { sender_phone: phone, content } }: (typeof said)[number]) =>
        phone === this.#to && /^\s*yes\b/i.test(content.text ?? "");
      if (said.some(isYes)) return;
    }
    throw new Failure("forbidden", "The other phone did not answer YES, so nothing was tested.");
  }

  async #do(deed: Deed, to: string, last: string): Promise<{ result: SelfTestResult; id: string | null }> {
    const began = Date.now();
    const content = "of" in deed ? deed.of(last) : deed.content;
    try {
      let message = await this.#send(to, content, deed.more);
      const { id, message_id: own } = message;
      const isOver = () => message.status === "failed" || arrived.has(message.status);
      for (const end = began + answerMs; !isOver() && Date.now() < end; await pause(lookMs))
        message = (await this.#bot.ask("GET", `${this.#device}/messages/${own}`)).data as SentMessage;
      const isSent = message.status === "sent" || arrived.has(message.status);
      const answer = isSent ? "sent" : (message.reason ?? message.status);
      return {
        result: { deed: deed.name, answer, delivered: arrived.has(message.status), ms: Date.now() - began },
        id,
      };
    } catch (error) {
      const answer = error instanceof Failure ? error.code : "internal";
      return { result: { deed: deed.name, answer, delivered: false, ms: Date.now() - began }, id: null };
    }
  }

  async #send(to: string, content: object, more: object = {}): Promise<SentMessage> {
    return (await this.#bot.ask("POST", `${this.#device}/messages`, { to, content, ...more })).data as SentMessage;
  }

  async #group(): Promise<string | null> {
    const body = { subject: "Merpati self test", members: [this.#to] };
    const made = await this.#bot.ask("POST", `${this.#device}/groups`, body).catch(() => null);
    return (made?.data as { id?: string } | undefined)?.id ?? null;
  }

  async #away(): Promise<void> {
    await this.#bot.ask("POST", `${this.#device}/stop`);
    await this.#bot.ask("POST", `${this.#device}/start`);
  }

  async #seq(): Promise<number> {
    const { data } = await this.#bot.ask("GET", "/v1/events?latest=1");
    return (data as { seq: number }[])[0]?.seq ?? 0;
  }
}

const text = { kind: "text", text: "Merpati's self test" };
