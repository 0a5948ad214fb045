import { get, recognise } from "./api.ts";
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
export function listen(hear: (event: LiveEvent) => void): () => void {
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

/** Begins to hear; the browser continues by itself where a line breaks. Returns how to stop. */
export function followEvents(): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let stopped = false;
  const open = async (): Promise<void> => {
    const types = await get<string[]>("/v1/event-types");
    if (stopped) return;
    source = new EventSource("/v1/events");
    source.addEventListener("open", () => hearing.set(true));
    source.addEventListener("error", () => {
      hearing.set(false);
      if (source?.readyState === EventSource.CLOSED) again();
    });
    for (const type of types) source.addEventListener(type, (message: MessageEvent<string>) => tell(message.data));
  };
  const again = (): void => {
    source?.close();
    timer = window.setTimeout(() => void recognise().then(open).catch(again), againMs);
  };
  open().catch(again);
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
    hearing.set(false);
  };
}

function tell(text: string): void {
  const event = JSON.parse(text) as LiveEvent;
  keep(event);
  for (const hear of listeners) hear(event);
}

/** Puts events from before the page was opened in front of those it heard. */
export function remember(earlier: readonly LiveEvent[]): void {
  const known = new Set(events.value.map(({ id }) => id));
  events.set([...earlier.filter(({ id }) => !known.has(id)), ...events.value].slice(-most));
}
