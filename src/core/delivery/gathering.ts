import { type BotEvent, is } from "../model/events/events.ts";
import type { Item } from "./lane-queue.ts";

/** How a target gets several events in one delivery. Times are milliseconds. */
export interface Gathering {
  /** `target`: whatever comes, all chats together. `chat`: what one chat wrote until it pauses, a burst. */
  readonly by: "target" | "chat";
  /** Events in one delivery. */
  readonly most: number;
  /** `target`: how long the first event waits for others. `chat`: the silence that ends a burst. */
  readonly wait: number;
  /** The first event waits no longer than this, whatever follows. */
  readonly longest: number;
  /** Bytes that a target's deliveries carry beside the event itself, about. */
  readonly extra?: (event: BotEvent) => number;
}

/** Bytes in one delivery, about; one event alone may be larger. */
export const mostGatheredBytes = 1 << 20;

/** Lanes that may begin and what may go of them, as one delivery. */
type Lanes = readonly (readonly Item[])[];

/** Somebody else's message: what makes a burst. */
const isSaid = ({ event }: Item): boolean => is(event, "message.received") && !fromMe(event);
const fromMe = (event: BotEvent): boolean => "from_me" in event.data && event.data.from_me === true;

/** What begins a lane and can go together: all with a row, or none. */
function begins(lane: readonly Item[]): Item[] {
  const [head] = lane;
  if (head === undefined) return [];
  const end = lane.findIndex(({ row, held, running }) => row !== head.row || held || running);
  return lane.slice(0, end === -1 ? lane.length : end);
}

/** As many from the beginning as one delivery takes. */
function cut(items: readonly Item[], { most, extra = () => 0 }: Gathering): Item[] {
  let bytes = 0;
  const end = items.findIndex(({ size, event }, index) => {
    bytes += size + extra(event);
    return index === most || (bytes > mostGatheredBytes && index > 0);
  });
  return items.slice(0, end === -1 ? items.length : end);
}

/** What goes first of a lane of a target that wants bursts: other events do not wait, unless a message before them does. */
function burstOf(lane: readonly Item[], gathering: Gathering): Item[] {
  const all = begins(lane);
  const [head] = all;
  if (head === undefined || head.row || isSaid(head)) return cut(all, gathering);
  const said = all.findIndex(isSaid);
  return cut(said === -1 ? all : all.slice(0, said), gathering);
}

/** From when on a lane's burst may go. */
function burstEnds(lane: readonly Item[], gathering: Gathering): number {
  const { most, wait, longest } = gathering;
  const burst = burstOf(lane, gathering);
  const [head] = burst;
  if (head === undefined || head.row || !isSaid(head)) return -Infinity;
  // What follows does not fit any more.
  if (burst.length >= most || burst.length < begins(lane).length) return -Infinity;
  const last = burst.findLast(isSaid) ?? head;
  return Math.min(last.at + wait, head.at + longest);
}

/** What comes again comes alone, so that one event which the receiver cannot bear takes no others with it. */
const alone = (lanes: Lanes): readonly Item[] | undefined => lanes.find(([head]) => head?.row === true);

/** In the order of the log, of all lanes. */
const waiting = (lanes: Lanes): Item[] => lanes.flatMap(begins).sort((a, b) => a.place - b.place);

/** From when on something may go: Infinity when nothing waits. */
export function gatheredAt(lanes: Lanes, gathering: Gathering): number {
  if (gathering.by === "chat") return Math.min(...lanes.map((lane) => burstEnds(lane, gathering)));
  if (alone(lanes)) return -Infinity;
  const items = waiting(lanes);
  const [first] = items;
  if (first === undefined) return Infinity;
  const isFull = items.length >= gathering.most || cut(items, gathering).length < items.length;
  return isFull ? -Infinity : Math.min(...lanes.map(([head]) => head?.at ?? Infinity)) + gathering.wait;
}

/** What goes as one delivery now, in the order of the log: something, if any lane has something. */
export function gather(lanes: Lanes, gathering: Gathering): Item[] {
  if (gathering.by === "target") return alone(lanes)?.slice(0, 1) ?? cut(waiting(lanes), gathering);
  const ends = lanes.map((lane) => burstEnds(lane, gathering));
  return burstOf(lanes[ends.indexOf(Math.min(...ends))] ?? [], gathering);
}
