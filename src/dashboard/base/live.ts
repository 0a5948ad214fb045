import { get, inTenant, recognise } from "./api.ts";
import { Cell } from "./cell.ts";

/** An event as the API streams it. */
export interface LiveEvent {
  id: string;
  seq: number | null;
  type: string;
  timestamp: string;
  device: string | null;
  data: Record<string, unknown>;
}

/** How many of the latest events are kept to be shown. */
const most = 10_000;
const againMs = 3_000;

/** Whether we hear what happens at this moment. */
export const hearing = new Cell(false);

/** The latest events, oldest first; a new array with every change. */
export const events = new Cell<readonly LiveEvent[]>([]);

const listeners = new Set<(event: LiveEvent) => void>();

/** Every event from now on, until the returned function is called. */
export function onEvent(hear: (event: LiveEvent) => void): () => void {
  listeners.add(hear);
  return () => void listeners.delete(hear);
}

let waiting: LiveEvent[] = [];

/** Many at once are drawn once. */
function keep(event: LiveEvent): void {
  if (waiting.push(event) > 1) return;
  requestAnimationFrame(() => {
    const all = [...events.value, ...waiting];
    waiting = [];
    events.set(all.length > most ? all.slice(-most) : all);
  });
}

/** Behind the last event heard: where the next line goes on. */
let cursor: string | null = null;
let retry: (() => void) | null = null;

/** Tries at once what would be tried a little later: somebody knows that the server is back. */
export const hurry = (): void => retry?.();

/** Begins to hear; goes on where a line broke, also when the server began anew. Returns how to stop. */
export function followEvents(): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let stopped = false;
  const open = async (): Promise<void> => {
    const types = await get<string[]>("/v1/event-types");
    if (stopped) return;
    const after = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    source = new EventSource(inTenant(`/v1/events${after}`));
    source.addEventListener("open", () => hearing.set(true));
    source.addEventListener("error", () => {
      hearing.set(false);
      if (source?.readyState === EventSource.CLOSED) again();
    });
    for (const type of types) source.addEventListener(type, tell);
  };
  const anew = (): void => {
    clearTimeout(timer);
    retry = null;
    void recognise().then(open).catch(again);
  };
  const again = (): void => {
    source?.close();
    if (stopped) return;
    retry = anew;
    timer = window.setTimeout(anew, againMs);
  };
  open().catch(again);
  return () => {
    stopped = true;
    retry = null;
    clearTimeout(timer);
    source?.close();
    hearing.set(false);
  };
}

/** Somebody else may sign in. */
export function forgetEvents(): void {
  cursor = null;
  events.set([]);
}

function tell({ data, lastEventId }: MessageEvent<string>): void {
  if (lastEventId !== "") cursor = lastEventId;
  const event = JSON.parse(data) as LiveEvent;
  keep(event);
  for (const hear of listeners) hear(event);
}

/** Puts events from before the page was opened in front of those it heard. */
export function addEarlier(earlier: readonly LiveEvent[]): void {
  const known = new Set(events.value.map(({ id }) => id));
  events.set([...earlier.filter(({ id }) => !known.has(id)), ...events.value].slice(-most));
}
