import { type Manner, ProofReceiver } from "./receivers.ts";

/** Everything a receiver can do wrong until `outage` real milliseconds have passed, and one that does nothing wrong. */
export function misfits(outage: number, speed: number): Promise<ProofReceiver[]> {
  const ok = { answer: 200 } as const;
  const manners: Record<string, Manner> = {
    good: () => ok,
    resets: ({ ms }) => (ms < outage ? "reset" : ok),
    slow: () => ({ answer: 200, after: 20 }),
    hangs: ({ ms, nth }) => (ms < outage && nth < 2 ? "hang" : ok),
    redirects: ({ nth }) => (nth === 0 ? { answer: 302, location: "http://127.0.0.1:1/" } : ok),
    late: ({ nth, ms }) => (ms < outage && nth === 0 ? { answer: 200, after: 60_000 / speed } : ok),
    "one chat": ({ chat, ms }) => (chat === "chat0" && ms < outage / 4 ? { answer: 500 } : ok),
    lies: ({ nth }) => ({ answer: 200, lie: nth === 0 }),
    busy: ({ nth, ms }) => (ms < outage && nth === 0 ? { answer: 429, retryAfter: 5 } : ok),
    "batch resets": ({ nth, ms }) => (ms < outage && nth < 2 ? "reset" : ok),
    "batch slow": () => ({ answer: 200, after: 20 }),
    "burst busy": ({ nth, ms }) => (ms < outage && nth === 0 ? { answer: 500 } : ok),
    "burst hangs": ({ ms, nth }) => (ms < outage && nth < 1 ? "hang" : ok),
    "burst slow": () => ({ answer: 200, after: 20 }),
  };
  return Promise.all([
    ...Object.entries(manners).map(([name, manner]) => ProofReceiver.start(name, manner)),
    ProofReceiver.start("down", () => ok, outage),
  ]);
}
