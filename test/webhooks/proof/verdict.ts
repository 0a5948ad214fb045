import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Answer, ProofReceiver } from "./receivers.ts";

/** Sentences about what did not hold, judged by the receivers' own notes against what is in the sender's store. */
export function faultsOf(receivers: ProofReceiver[], dir: string, events: number, kills: number): string[] {
  const db = new Database(join(dir, "merpati.sqlite"), { readonly: true });
  const log = db.query<{ id: string; chat: string }, []>("SELECT id, chat FROM event ORDER BY place").all();
  const faults = [
    ...(log.length === events ? [] : [`${log.length} of ${events} events were recorded`]),
    ...receivers.flatMap((receiver) => [...lost(receiver, log), ...disordered(receiver, log)]),
    ...receivers.flatMap((receiver) => miscounted(receiver, deliveriesTo(db, receiver), kills)),
  ];
  db.close();
  return faults;
}

function lost({ name, taken }: ProofReceiver, log: { id: string }[]): string[] {
  const arrived = new Set([...taken.values()].flat());
  const missing = log.filter(({ id }) => !arrived.has(id)).length;
  return missing === 0 ? [] : [`${name}: ${missing} of ${log.length} events did not arrive`];
}

function disordered({ name, taken }: ProofReceiver, log: { id: string; chat: string }[]): string[] {
  const order = new Map(log.map(({ id }, place) => [id, place]));
  return [...taken].flatMap(([chat, ids]) => {
    const places = ids.map((id) => order.get(id) ?? -1);
    return places.every((place, at) => at === 0 || place > (places[at - 1] ?? -1))
      ? []
      : [`${name}: ${chat} is out of order`];
  });
}

interface Noted {
  id: string;
  stage: string;
  attempts: number;
  log: { number: number; status: Answer; error: string | null }[];
}

function deliveriesTo(db: Database, { url }: ProofReceiver): Noted[] {
  const rows = db
    .query<Omit<Noted, "log"> & { log: string }, [string]>(
      `SELECT event.id, stage, attempts, (SELECT coalesce(json_group_array(json_object('number', number, 'status', status,
           'error', error)), '[]') FROM attempt WHERE attempt.event = place AND attempt.target = delivery.target) AS log
       FROM delivery JOIN event ON place = delivery.event JOIN endpoint ON delivery.target = 'webhook:' || endpoint.id
       WHERE endpoint.url = ?`,
    )
    .all(url);
  return rows.map((row) => ({ ...row, log: JSON.parse(row.log) as Noted["log"] }));
}

/**
 * The log tells what the receiver saw: no answer that differs, none that was made up, no request without an attempt. But
 * for what was taken in the last moment before a kill, which comes again; and for probes that failed, which count for
 * nothing.
 */
function miscounted({ name, answers }: ProofReceiver, deliveries: Noted[], kills: number): string[] {
  const wrong = deliveries.filter((delivery) => !tellsTheTruth(delivery, answers.get(delivery.id) ?? [], kills));
  const [first] = wrong;
  if (first === undefined) return [];
  const told = JSON.stringify({ ...first, answered: answers.get(first.id) });
  return [`${name}: ${wrong.length} of ${deliveries.length} logs do not tell what happened, such as ${told}`];
}

function tellsTheTruth({ stage, attempts, log }: Noted, answered: readonly Answer[], kills: number): boolean {
  const cutOff = log.filter(({ error }) => error?.startsWith("interrupted") ?? false).length;
  const unsettled = stage === "running" ? 1 : 0; // the last kill came between the answer and its note
  // It gave up while the answer was on its way, or before the request had come.
  const gaveUp = log.filter(({ error }) => error?.startsWith("no answer within") ?? false).length;
  const refused = log.filter(({ error }) => error?.includes("refused") ?? false).length;
  const every = log.length + unsettled === attempts && log.every(({ number }, place) => number === place + 1);
  // An answer that the sender did not live to note stands in the log as interrupted.
  const spare = cutOff + unsettled + gaveUp;
  const requests = answered.length >= attempts - spare - refused;
  const statuses = new Set([...answered, ...log.map(({ status }) => status)].filter((status) => status !== null));
  const same = [...statuses].every((status) => {
    const noted = log.filter((attempt) => attempt.status === status).length;
    const given = answered.filter((answer) => answer === status).length;
    return noted <= given && (status !== 200 || given - noted <= spare + kills);
  });
  const ended = stage !== "delivered" || (log.at(-1)?.status ?? 0) === 200;
  return every && requests && same && ended;
}
