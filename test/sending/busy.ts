import { setImmediate as turn } from "node:timers/promises";
import { el, Random, type SimulatedContact } from "../../src/simulator/index.ts";
import { WoundClock } from "../clock.ts";
import { type BusySender, merpati, usualWiring } from "./busy-senders.ts";

const second = 1_000;
const minute = 60 * second;
/** After the last fault everything has arrived within so long. */
const patience = 15 * minute;

/** What was on its way when the first 429 came, for as many steps as the wire may be slower than our seconds. */
const onTheWay = 5;

export interface BusyOptions {
  messages: number;
  /** Of simulated time. */
  minutes: number;
  faults: number;
  seed: number;
  /** Baileys as it is usually wired instead of Merpati: it must lose. */
  control?: boolean;
}

/** What became of the messages, and of the questions while WhatsApp said 429. */
export interface BusyResult {
  sent: number;
  arrived: number;
  failed: number;
  doubled: number;
  disordered: number;
  /** Simulated seconds from the end of the last fault to the last arrival. */
  lateSeconds: number;
  /** The most messages and questions that the device sent in one second of a 429, once it was told. */
  mostAsked: number;
}

/**
 * An hour of traffic, direct and in groups, through a WhatsApp that every now and then answers each question and message of a
 * minute with 429 or 503. Time is simulated, a second a step.
 */
export async function busyHour({ messages, minutes, faults, seed, control }: BusyOptions): Promise<BusyResult> {
  const random = new Random(seed);
  const clock = new WoundClock();
  await using bot = await (control ? usualWiring({ seed }) : merpati({ seed }, clock));
  const [people, chats] = peopleAndChats(bot);
  const seconds = minutes * 60;
  const starts = new Map(
    Array.from({ length: faults }, (_, nth) => {
      const part = seconds / faults;
      return [
        Math.floor(nth * part) + random.below(Math.max(1, Math.floor(part - 90))),
        nth % 2 === 0 ? "429" : "503",
      ] as const;
    }),
  );
  const asked = watchQuestions(bot);
  let [sent, now, faultEnd, code, mostAsked, toldAt] = [0, 0, 0, "", 0, Infinity];
  const arrived = (): number => people.reduce((sum, one) => sum + one.inbox.length, 0);
  // A second of ours is a few milliseconds of the wire's: a probe of the line may come too late, and the line begins anew.
  const isOpen = (): boolean => bot.isOpen();
  const last = Math.max(0, ...starts.keys());
  for (
    ;
    now < seconds || (arrived() < expected(sent, chats) && now < last + 60 + patience / second);
    now += isOpen() ? 1 : 0
  ) {
    const fault = starts.get(now);
    if (fault !== undefined) {
      bot.sim.faults.busy(minute, fault);
      [faultEnd, code, toldAt] = [now + 60, fault, Infinity];
    }
    for (; sent < messages && sent < (messages * (now + 1)) / seconds; sent++) {
      const to = chats[sent % chats.length] ?? "";
      await bot.send(to, `${sent % chats.length} ${sent}`);
    }
    asked.count = 0;
    clock.wind(second);
    bot.sim.advance(second);
    await drained(bot, now);
    if (code !== "429" || now >= faultEnd) continue;
    if (now > toldAt + onTheWay) mostAsked = Math.max(mostAsked, asked.count);
    if (asked.count > 0) toldAt = Math.min(toldAt, now);
  }
  asked.stop();
  const heard = people.map((one) => one.inbox.map(({ text = "" }) => text));
  return {
    sent,
    arrived: new Set(heard.flat()).size,
    failed: bot.failed(),
    doubled: people.flatMap((one) => [...one.inbox]).filter(({ duplicates }) => duplicates > 0).length,
    disordered: heard.reduce((sum, texts) => sum + disorderIn(texts), 0),
    lateSeconds: Math.max(0, now - last - 60),
    mostAsked,
  };
}

/** Eight people, each written to alone, and two groups of all. */
function peopleAndChats({ sim, phone }: BusySender): [SimulatedContact[], string[]] {
  const people = Array.from({ length: 8 }, (_, nth) => sim.contact(String(628_140_000_000 + nth), { name: `P${nth}` }));
  const groups = ["Crew", "Family"].map((name) => sim.group(name, [...people, phone], { addressing: "lid" }));
  return [people, [...people.map(({ number }) => number), ...groups.map(({ id }) => id)]];
}

/** How many arrivals so many messages make: one of a person's, one for each member of a group's. */
function expected(sent: number, chats: readonly string[]): number {
  let sum = 0;
  for (let nth = 0; nth < sent; nth++) sum += chats[nth % chats.length]?.endsWith("@g.us") ? chats.length - 2 : 1;
  return sum;
}

/** Texts that came before an earlier one of their chat. */
function disorderIn(texts: readonly string[]): number {
  const latest = new Map<string, number>();
  let count = 0;
  for (const text of texts) {
    const [chat = "", nth = ""] = text.split(" ");
    if (Number(nth) < (latest.get(chat) ?? -1)) count += 1;
    latest.set(chat, Number(nth));
  }
  return count;
}

/** The wire is idle: what is told last is answered. A line that has just broken is not waited for. */
async function drained({ sim, phone }: BusySender, step: number): Promise<void> {
  const [device] = phone.linkedDevices();
  if (!device) return;
  const id = `STEP${step}`;
  const isAnswered = () => !sim.record.unsettled("notification").some((one) => one.id === id);
  sim.raw.queue(device.jid, el("notification", { from: phone.jid, id, type: "account_sync", t: "1796000000" }));
  await sim.until(isAnswered);
  for (let turns = 0; turns < 5; turns++) await turn();
}

function watchQuestions({ sim }: BusySender): { count: number; stop(): void } {
  const asked = { count: 0, stop: () => {} };
  asked.stop = sim.raw.trace(({ direction, stanza }) => {
    const isPing = stanza.attrs["xmlns"] === "w:p" || stanza.attrs["type"] === "result";
    if (direction === "in" && (stanza.tag === "message" || (stanza.tag === "iq" && !isPing))) asked.count += 1;
  });
  return asked;
}
