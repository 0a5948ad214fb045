import { useCallback, useEffect, useState } from "preact/hooks";
import { ask, get } from "../api.ts";
import { Cell } from "../cell.ts";

/** Somebody with an account on the simulated WhatsApp. */
export interface Person {
  number: string;
  name: string;
  jid: string;
  lid: string;
}

export interface Phone extends Person {
  devices: { jid: string; online: boolean; pushName?: string }[];
}

export interface Group {
  id: string;
  subject: string;
  members: unknown[];
}

export interface State {
  phones: Phone[];
  contacts: Person[];
  groups: Group[];
  problems: string[];
}

/** What happens on the simulated network; `src/simulator/events.ts` has them all. */
export type SimEvent = { type: string } & Record<string, unknown>;

const at = (path: string): string => `/sandbox/api${path}`;

/** Does something on the simulated WhatsApp. Throws a Trouble. */
export const does = async <T>(path: string, body: object = {}): Promise<T> =>
  (await ask<T>("POST", at(path), body)).data;

export const looks = <T>(path: string): Promise<T> => get<T>(at(path));

export const repairs = (): Promise<unknown> => ask("DELETE", at("/faults"));

const listeners = new Set<(event: SimEvent) => void>();

export function onSim(hear: (event: SimEvent) => void): () => void {
  listeners.add(hear);
  return () => void listeners.delete(hear);
}

/** Begins to hear the simulated network. Returns how to stop. */
export function followSim(): () => void {
  const source = new EventSource(at("/events"));
  source.addEventListener("message", (message: MessageEvent<string>) => {
    const event = JSON.parse(message.data) as SimEvent;
    for (const hear of listeners) hear(event);
  });
  return () => source.close();
}

/** Whether the simulated network lets nobody in. */
export const unplugged = new Cell(false);

const changing = new Set([
  "phone.linked",
  "phone.unlinked",
  "device.online",
  "device.offline",
  "group.changed",
  "problem",
]);

/** Who is there, kept up to date. */
export function useSimulated(): { state: State | null; look: () => void } {
  const [state, setState] = useState<State | null>(null);
  const look = useCallback(() => void looks<State>("/state").then(setState, () => {}), []);
  useEffect(() => {
    look();
    return onSim(({ type }) => changing.has(type) && look());
  }, [look]);
  return { state, look };
}
