import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../base/api.ts";
import { type LiveEvent, onEvent } from "../base/live.ts";
import { clockTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { type SimEvent, type State, heardLately, namesIn, onSim } from "./control.ts";

const most = 200;

type Lane = "whatsapp" | "bot" | "webhook";

interface Happening {
  /** Unix milliseconds. */
  at: number;
  lane: Lane;
  text: string;
}

/** What happens on both sides and between them, newest first. */
export function Activity({ state }: { state: State }) {
  const [all, setAll] = useState<readonly Happening[]>([]);
  const known = useRef(state);
  known.current = state;
  useEffect(() => {
    const add = (...more: Happening[]) =>
      setAll((before) => [...more, ...before].toSorted((a, b) => b.at - a.at).slice(0, most));
    const hear = ({ type, timestamp }: LiveEvent) =>
      noisy.has(type) ? [] : [{ at: Date.parse(timestamp), lane: "bot" as const, text: type }];
    get<LiveEvent[]>("/v1/events?latest=50").then(
      (events) => add(...events.flatMap(hear)),
      () => {},
    );
    const tell = (event: SimEvent) => {
      const text = told(event, known.current);
      return text === null ? [] : [{ at: event.at, lane: laneOf(event), text }];
    };
    add(...heardLately().flatMap(tell));
    const stops = [onEvent((event) => add(...hear(event))), onSim((event) => add(...tell(event)))];
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <ol class="activity" tabIndex={0} aria-label={w.sandbox.happens}>
      {all.length === 0 && <li class="dim">{w.sandbox.nothingYet}</li>}
      {all.map(({ at, lane, text }, index) => (
        <li key={all.length - index}>
          <time class="dim">{clockTime(at / 1_000)}</time>
          <span class={`lane ${lane}`}>{w.sandbox.lanes[lane]}</span>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}

/** Told by others already, or of no interest to who looks on. */
const noisy = new Set(["message.status", "presence", "contact.updated", "device.qr", "chat.updated", "history.synced"]);

const laneOf = ({ type }: SimEvent): Lane => (type === "bot" ? "bot" : type === "webhook" ? "webhook" : "whatsapp");

type Tells = typeof w.sandbox.tells;
const got = ({ received }: Tells) => received;
const saw = ({ read }: Tells) => read;
/** The others are the protocol's own affair. */
const receipts: Record<string, (tells: Tells) => string> = { delivery: got, inactive: got, read: saw, played: saw };

/** What happened, in a sentence; null is not worth one. */
function told(event: SimEvent, state: State): string | null {
  const names = namesIn(state);
  const { tells } = w.sandbox;
  const text = (name: string) => {
    const value = event[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const whose = (name: string) => names.get(text(name)) ?? w.sandbox.bot;
  const said = () => text("text") || w.sandbox.something;
  switch (event.type) {
    case "bot":
      return event["running"] === true
        ? fill(tells.runs, { pid: text("pid") })
        : fill(tells.died, { ended: text("ended") });
    case "webhook":
      if (noisy.has(text("event"))) return null;
      return fill(tells.webhook, { event: text("event"), verdict: wordFor(w.sandbox.verdicts, text("verdict")) });
    case "phone.scanned":
    case "phone.linked":
    case "phone.unlinked":
      return fill(tells[event.type], { who: whose("phone") });
    case "code.requested":
    case "device.online":
    case "device.offline":
      return tells[event.type];
    case "message.said":
      return fill(tells["message.said"], { who: whose("from"), text: said() });
    case "message.heard":
      // The phone that the bot is linked to hears what the bot says, too.
      return event["by"] === state.phones[0]?.number
        ? null
        : fill(tells["message.heard"], { who: whose("by"), text: said() });
    case "message.receipt":
      return receipts[text("receipt")]?.(tells) ?? null;
    case "problem":
      return fill(tells.problem, { sentence: text("sentence") });
    default:
      return null;
  }
}
