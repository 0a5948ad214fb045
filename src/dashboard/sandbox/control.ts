import { useCallback, useEffect, useState } from "preact/hooks";
import { request, get } from "../base/api.ts";
import { Cell } from "../base/cell.ts";

/** Somebody with an account on the simulated WhatsApp. */
export interface PersonJson {
  number: string;
  name: string;
  jid: string;
  lid: string;
}

export interface PhoneJson extends PersonJson {
  devices: { jid: string; online: boolean; pushName?: string }[];
}

export interface GroupJson {
  id: string;
  subject: string;
  members: unknown[];
}

export interface State {
  phones: PhoneJson[];
  contacts: PersonJson[];
  groups: GroupJson[];
  problems: string[];
  /** How often the network will let nobody in. */
  upgradesToRefuse: number;
}

/** What happens on the simulated network; `src/simulator/events.ts` has them all. */
export type SimEvent = Record<string, unknown> & {
  type: string;
  /** Unix milliseconds. */
  at: number;
  /** Happened before this page was opened. */
  past?: boolean;
};

/** The bot's process. */
export interface BotStatus {
  running: boolean;
  pid: number | null;
  /** Unix milliseconds. */
  since: number;
  /** What ended the last one. */
  ended: string | null;
}

const at = (path: string): string => `/sandbox/api${path}`;

/** Does something on the simulated WhatsApp. Throws an `ApiError`. */
export const perform = async <T>(path: string, body: object = {}): Promise<T> =>
  (await request<T>("POST", at(path), body)).data;

export const looks = <T>(path: string): Promise<T> => get<T>(at(path));

export const repairs = (): Promise<unknown> => request("DELETE", at("/faults"));

/** Null until it has been told. */
export const botState = new Cell<BotStatus | null>(null);

/** How many of the latest are kept. */
const most = 200;
let lately: readonly SimEvent[] = [];

/** What was heard lately, oldest first. */
export const heardLately = (): readonly SimEvent[] => lately;

type Hear = (event: SimEvent) => void;
const listeners = new Set<Hear>();

/** What happens on the simulated network and around the bot, until the returned function is called. */
export function onSim(hear: Hear): () => void {
  listeners.add(hear);
  return () => void listeners.delete(hear);
}

/** Begins to hear it. Returns how to stop. */
export function followSim(): () => void {
  const source = new EventSource(at("/events"));
  source.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as SimEvent;
    if ((event.type === "bot" || event.type === "state") && !event.past) botState.set(event as unknown as BotStatus);
    lately = [...lately, event].slice(-most);
    for (const hear of listeners) hear(event);
  });
  return () => {
    source.close();
    lately = [];
  };
}

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

/** What everybody is called, by each of their names. */
export const namesIn = ({ phones, contacts, groups }: State): ReadonlyMap<string, string> =>
  new Map([
    ...[...phones, ...contacts].flatMap(({ jid, lid, number, name }): [string, string][] => [
      [jid, name],
      [lid, name],
      [number, name],
    ]),
    ...groups.map(({ id, subject }): [string, string] => [id, subject]),
  ]);
