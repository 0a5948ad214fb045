import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newKey } from "../../core/access/keys.ts";
import type { RedactedStanza } from "../../core/trace/redaction.ts";
import type { Simulator, Stanza } from "../../simulator/index.ts";
import { command, print } from "../base/command.ts";
import { startBotSimulator } from "../base/simulated.ts";
import { BotProcess } from "../sandbox/bot-process.ts";
import { WebhookInbox } from "../sandbox/webhook-inbox.ts";
import { sandboxSettings } from "../sandbox/settings.ts";
import { annNumber, linkPhone, ownNumber } from "../sandbox/story.ts";
import { Placeholders, placeholderMessage } from "./placeholders.ts";
import { readTrace, type TracedStanza } from "./trace-file.ts";

/** How long a stanza may stay unanswered, and an ordinary message afterwards. */
const settleMs = 5_000;
const afterwardsMs = 20_000;

/** What the server owes an answer to, or says of the connection itself: it makes no sense on another connection. */
const unplayable = new Set(["ack", "failure", "success", "stream:error", "stream:features", "xmlstreamend"]);
/** What stays in the queue of a device until it is settled. */
const owed = new Set(["message", "notification", "receipt", "call", "status"]);

export const replayCommand = () =>
  command(
    "replay",
    "Plays a recorded trace against a bot in the sandbox and says what was not answered. (`merpati plugin replay` gives a plugin an event again.)",
  )
    .argument("<file>", "What `merpati record` wrote.")
    .action(async (file) => {
      const stanzas = await readTrace(file);
      const faults = await replayed(stanzas);
      for (const fault of faults) print(fault);
      print(faults.length === 0 ? "All were answered, and the bot goes on." : `${faults.length} faults.`);
      // The sandbox leaves timers behind.
      process.exit(faults.length === 0 ? 0 : 1);
    });

/** What went wrong, a sentence each. */
async function replayed(stanzas: readonly TracedStanza[]): Promise<string[]> {
  await using house = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "merpati-replay-"));
  house.defer(() => rm(folder, { recursive: true, force: true }));
  const sim = house.adopt(await startBotSimulator(), (each) => each.stop());
  const inbox = house.adopt(new WebhookInbox(), (each) => each.stop());
  const key = newKey();
  const settings = { ...(await sandboxSettings(folder, key, sim, inbox)), PLUGINS_DIR: folder, LOG_LEVEL: "error" };
  const bot = house.adopt(new BotProcess(settings, print), (each) => each.stop());
  await bot.start();
  const phone = sim.phone(ownNumber, { name: "Budi" });
  const { jid } = await linkPhone({ url: bot.url ?? "", key }, phone);
  const playable = stanzas.filter(({ stanza }) => isPlayable(stanza));
  print(`Playing ${playable.length} stanzas; ${stanzas.length - playable.length} are about the connection itself.`);
  const player = new Player(sim, jid, new Placeholders(sim, phone));
  const faults: string[] = [];
  for (const each of playable) faults.push(...(await player.play(each)));
  const ann = sim.contact(annNumber, { name: "Ann" });
  const arrived = inbox.next("message.received");
  await ann.says("Still there?", { to: phone });
  const timer = Promise.withResolvers<"late">();
  setTimeout(() => timer.resolve("late"), afterwardsMs).unref();
  if ((await Promise.race([arrived, timer.promise])) === "late")
    faults.push(`afterwards an ordinary message did not come through within ${afterwardsMs / 1000} seconds.`);
  return faults;
}

const isPlayable = ({ tag, attrs }: RedactedStanza): boolean =>
  !unplayable.has(tag) && !(tag === "iq" && (attrs["type"] === "result" || attrs["type"] === "error"));

class Player {
  readonly #sim: Simulator;
  readonly #device: string;
  readonly #placeholders: Placeholders;

  constructor(sim: Simulator, device: string, placeholders: Placeholders) {
    this.#sim = sim;
    this.#device = device;
    this.#placeholders = placeholders;
  }

  async play({ line, stanza, fields }: TracedStanza): Promise<string[]> {
    const { raw, record } = this.#sim;
    const filled = this.#placeholders.stanza(stanza);
    const { id } = filled.attrs;
    const sent =
      fields === null ? filled : { ...filled, content: this.#sealed(stanza, filled, placeholderMessage(fields)) };
    if (!owed.has(sent.tag) || id === undefined) {
      raw.send(this.#device, sent);
      return [];
    }
    raw.queue(this.#device, sent);
    const settled = () => record.of(id).every(({ settledAt }) => settledAt !== undefined);
    const answered = await this.#sim.until(settled, { timeoutMs: settleMs }).then(
      () => true,
      () => false,
    );
    return answered ? [] : [`line ${line}: <${sent.tag} type="${sent.attrs["type"] ?? ""}"> was not answered.`];
  }

  /** The children of a message, its ciphertexts replaced by one that can be opened. */
  #sealed(stanza: RedactedStanza, { content }: Stanza, message: Buffer): Stanza[] {
    const { from, participant } = stanza.attrs;
    const sender = this.#placeholders.person(participant ?? from)?.user ?? this.#sim.phone(ownNumber).user;
    const others = (Array.isArray(content) ? content : []).filter(
      ({ tag }) => tag !== "enc" && tag !== "device-identity",
    );
    return [...this.#sim.raw.seal(sender.phone, this.#device, message), ...others];
  }
}
