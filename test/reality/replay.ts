import type { BotEvent } from "../../src/core/model/events/events.ts";
import { type SimulatedContact, el, type GroupChat, type Phone, type Stanza } from "../../src/simulator/index.ts";
import type { Case, Settled, Shape } from "./cases.ts";
import { Names } from "./names.ts";
import { matches, wrongEvents } from "./match.ts";
import { Watch } from "../watch.ts";
import type { World } from "./world.ts";

/** How long an answer is waited for, in milliseconds; where none is expected, and after some failures, a shorter time. */
const patience = { long: 10_000, short: 500, failures: 4 };

/** What one case did to the bot. */
interface Outcome {
  readonly one: Case;
  readonly names: Names;
  readonly faults: string[];
  /** The places in the device's log between which its events stand. */
  readonly from: number;
  readonly to: number;
}

interface Cast {
  readonly ani: SimulatedContact;
  readonly budi: SimulatedContact;
  readonly phone: Phone;
  readonly group: GroupChat;
  readonly device: string;
}

/** Replays cases one after the other on one linked device, with an ordinary message after each. */
export class Replay {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #names: Names;
  readonly #received: Stanza[] = [];
  readonly #watch = new Watch();
  readonly #outcomes: Outcome[] = [];
  #last = 0;
  #count = 0;
  #failures = 0;

  private constructor(world: World, cast: Cast, names: Names) {
    this.#world = world;
    this.#cast = cast;
    this.#names = names;
    world.sim.raw.trace(({ direction, stanza }) => {
      if (direction === "out") return;
      this.#received.push(stanza);
      this.#watch.changed();
    });
  }

  static async begin(world: World): Promise<Replay> {
    const { sim } = world;
    const phone = sim.phone("6281100000001", { name: "Citra" });
    const ani = sim.contact("6281234567890", { name: "Ani" });
    const budi = sim.contact("6281234567891", { name: "Budi" });
    const group = sim.group("Crew", [ani, budi, phone], { addressing: "lid" });
    const device = await world.link("default", phone);
    await world.receiver.next("history.synced", (event) => event.device === "default" && event.data.progress === 100);
    const cast = { phone, ani, budi, group, device };
    const replay = new Replay(world, cast, new Names({ ...namesOf(cast), ...(await messagesFor(world, cast)) }));
    // Both of their names are known from here on.
    for (const person of [ani, budi]) await person.says("my other name", { to: phone, by: "lid" });
    await world.hears(budi, phone);
    replay.#last = await world.hears(ani, phone);
    return replay;
  }

  /** `listed`: it is known to fail. */
  async play(one: Case, { listed }: { listed: boolean }): Promise<void> {
    const { sim } = this.#world;
    const ms = listed || this.#failures >= patience.failures ? patience.short : patience.long;
    const id = `3EB0${String(++this.#count).padStart(16, "0")}`;
    const now = Math.floor(Date.now() / 1000);
    const names = this.#names.with({ id, n: String(this.#count), now: String(now), soon: String(now + 86_400) });
    const before = this.#received.length;
    const faults: string[] = [];
    const stanza = this.#stanza(one, names);
    if (one.how === "send") sim.raw.send(this.#cast.device, stanza);
    else {
      sim.raw.queue(this.#cast.device, stanza);
      const settled = () => this.#settledBy(one, stanza, before) || undefined;
      await this.#watch.until(settled, "an answer", ms).catch(() => faults.push("is never settled"));
    }
    const to = await this.#world.hears(this.#cast.ani, this.#cast.phone);
    const asked = () => this.#unasked(one, names, before).length === 0 || undefined;
    await this.#watch.until(asked, "questions", ms).catch(() => undefined);
    faults.push(...this.#unasked(one, names, before), ...this.#wrongAnswers(one, stanza, before));
    if (faults.length > 0 && !listed) this.#failures++;
    this.#outcomes.push({ one, names, faults, from: this.#last, to });
    this.#last = to;
  }

  /** What is wrong with each case, by id, once all events up to the last have come. */
  async faults(): Promise<Map<string, string | null>> {
    const { receiver } = this.#world;
    const mine = () => receiver.events.filter(({ device }) => device === "default");
    const all = () =>
      new Set(
        mine()
          .map(({ seq }) => seq)
          .filter((seq) => seq !== null),
      ).size >= this.#last;
    await receiver.until(all, `all ${this.#last} events of the log`);
    const ids = new Set(this.#outcomes.map(({ names }) => names.text("{id}")));
    return new Map(
      this.#outcomes.map((outcome) => {
        const faults = [...outcome.faults, ...this.#wrongEvents(outcome, mine(), ids)];
        return [outcome.one.id, faults.length === 0 ? null : faults.join(", ")];
      }),
    );
  }

  #wrongEvents({ one, names, from, to }: Outcome, events: BotEvent[], ids: ReadonlySet<string>): string[] {
    const own = names.text("{id}");
    const brought = events.filter((event) => {
      const id = "id" in event.data ? String(event.data.id) : "";
      if (id === own) return true;
      return !ids.has(id) && event.seq !== null && event.seq > from && event.seq < to;
    });
    return wrongEvents(names.json(one.events ?? []), brought);
  }

  // What the case asks of the client and has not seen yet.
  #unasked({ asks = [] }: Case, names: Names, since: number): string[] {
    return asks
      .map((node) => names.stanza(node))
      .filter((wanted) => !this.#received.slice(since).some((stanza) => matches(plain(stanza), plain(wanted))))
      .map((wanted) => `does not bring ${JSON.stringify(plain(wanted))}`);
  }

  #settledBy(one: Case, stanza: Stanza, since: number): boolean {
    const allowed = one.answer ?? (one.how === "push" ? ["ack"] : ["receipt"]);
    return this.#received.slice(since).some((answer) => allowed.some((kind) => settles(kind, answer, stanza)));
  }

  #wrongAnswers(one: Case, { attrs: { id } }: Stanza, since: number): string[] {
    if (one.how === "send" || id === undefined) return [];
    const refusals = this.#received.slice(since).filter(({ tag, attrs }) => tag === "ack" && attrs["id"] === id);
    return refusals.flatMap(({ attrs: { error } }) => (error === undefined ? [] : [`is refused with ${error}`]));
  }

  #stanza(one: Case, names: Names): Stanza {
    if (one.node) return names.stanza(one.node);
    const { shape = {}, message = {} } = one;
    const { raw } = this.#world.sim;
    const { ani, phone, device } = this.#cast;
    const sender = (shape.own ? phone : ani).user.phone;
    if (shape.skdmOnly) sender.groupKeys.rotate(this.#cast.group.id);
    const chat = { group: this.#cast.group.id, status: "status@broadcast" }[one.how as "group"];
    const parts =
      chat === undefined
        ? raw.seal(sender, device, names.encoded(message))
        : raw.sealForGroup(sender, chat, device, names.message(message));
    return el(shape.tag ?? "message", attrsOf(one, names), envelope(shape, names, parts));
  }
}

function attrsOf({ how, shape = {} }: Case, names: Names): Record<string, string | undefined> {
  const usual = { id: "{id}", t: "{now}", type: "text", notify: "Ani" };
  const named = {
    direct: shape.own
      ? { from: shape.own === "lid" ? "{melid}" : "{me}", notify: "Citra" }
      : shape.by === "lid"
        ? { from: "{anilid}", sender_pn: "{ani}" }
        : { from: "{ani}" },
    group: { from: "{g}", participant: "{anilid}", participant_pn: "{ani}", addressing_mode: "lid" },
    status: { from: "status@broadcast", participant: "{anilid}", participant_pn: "{ani}" },
  }[how as "direct"];
  const all: Record<string, string | null> = names.json({ ...usual, ...named, ...shape.attrs });
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value ?? undefined]));
}

function envelope({ before, between, after, encAttrs, skdmOnly }: Shape, names: Names, parts: Stanza[]): Stanza[] {
  const made = (nodes: Shape["before"] = []) => nodes.map((node) => names.stanza(node));
  const marked = parts.map((one) => (one.tag === "enc" ? el("enc", { ...one.attrs, ...encAttrs }, one.content) : one));
  const [first, ...rest] = marked.slice(0, skdmOnly ? 1 : undefined);
  return [...made(before), ...(first ? [first] : []), ...made(between), ...rest, ...made(after)];
}

/** Whether a client's stanza settles the server's in this way; both must name the same. */
function settles(kind: Settled, { tag, attrs }: Stanza, settled: Stanza): boolean {
  const asked = settled.attrs;
  const { id, to, type, recipient, error } = attrs;
  const same = id === asked["id"] && isSame(attrs["participant"], asked["participant"]);
  if (kind === "ack") {
    const typed = type === undefined || type === asked["type"] || settled.tag === "call";
    return same && tag === "ack" && attrs["class"] === settled.tag && isSame(to, asked["from"]) && typed && !error;
  }
  if (tag !== "receipt" || !same) return false;
  if (kind === "sender") return type === "sender" && isSame(recipient, asked["recipient"]);
  const typed = kind === "receipt" ? type === undefined || type === "inactive" : type === kind;
  return typed && isSame(to, asked["from"]);
}

/** Whether two attributes name the same device; on the wire device 0 and no device look alike, and so do nothing and none. */
const isSame = (one = "", other = ""): boolean => one.replace(":0@", "@") === other.replace(":0@", "@");

/** A stanza without the bytes in it, to compare and to print. */
function plain({ tag, attrs, content }: Stanza): object {
  return { tag, attrs, ...(Array.isArray(content) ? { content: content.map(plain) } : {}) };
}

function namesOf({ ani, budi, phone, group, device }: Cast): Record<string, string> {
  const at = (jid: string, number: number) => jid.replace("@", `:${number}@`);
  return {
    ani: ani.jid,
    anilid: ani.lid,
    aniphone: ani.number,
    anidev: at(ani.jid, 1),
    anidev0: at(ani.jid, 0),
    anilid0: at(ani.lid, 0),
    budi: budi.jid,
    budilid: budi.lid,
    budiphone: budi.number,
    budidev: at(budi.jid, 1),
    budilid2: at(budi.lid, 2),
    me: phone.jid,
    melid: phone.lid,
    medev: device,
    medev0: at(phone.jid, 0),
    g: group.id,
  };
}

/**
 * Messages of the bot's that receipts can be for, one name each. The receipts of the simulated people themselves are lost on
 * the way, so that those of the cases are the first.
 */
async function messagesFor(world: World, { ani, budi, phone, group }: Cast): Promise<Record<string, string>> {
  const to = { sent: ani.number, sent2: ani.number, sent3: ani.number, sent4: ani.number, sent5: ani.number };
  const recipients = { ...to, gsent: group.id, gsent2: group.id };
  const lost = world.sim.faults.at("out", { do: "drop" }, { when: "receipt", times: 1_000 });
  const ids: Record<string, string> = {};
  for (const [name, recipient] of Object.entries(recipients)) {
    const { id } = await world.call<{ id: string }>("POST", "/v1/devices/default/messages", {
      to: recipient,
      text: name,
    });
    await world.receiver.next("message.sent", ({ data }) => data.id === id);
    await Promise.all(
      (recipient === group.id ? [ani, budi] : [ani]).map((one) => one.hears((heard) => heard.id === id)),
    );
    ids[name] = id;
  }
  lost.cancel();
  const [device] = phone.user.linked;
  for (const receipt of world.sim.record.unsettled("receipt"))
    device?.mailbox.ack({ ...receipt, how: "ack" }, undefined);
  return ids;
}
