/** One measurement: a sender, the receiver that is measured, and whoever else the sender has to serve. */
import { Child } from "./child.ts";

export type Way = "merpati" | "straight";

export interface Run {
  way: Way;
  dir: string;
  events: number;
  /** Events a second; 0 is as fast as it goes. */
  rate: number;
  /** How many times the measured receiver gets each event. */
  endpoints?: number;
  /** Addresses besides. */
  others?: string[];
}

export interface Measured {
  perSecond: number;
  /** Milliseconds from the record to the receiver. */
  p50: number;
  p99: number;
  rssMb: number;
  cpuMs: number;
}

export async function measure({ way, dir, events, rate, endpoints = 1, others = [] }: Run): Promise<Measured> {
  const receiver = new Child("./webhook-receiver.ts");
  const sender = new Child("./webhook-sender.ts");
  try {
    const url = await receiver.call<string>("url");
    const urls = [...others, ...Array.from({ length: endpoints }, (_, n) => `${url}${n}`)];
    await sender.call("open", { way, urls, dir });
    const arrived = receiver.call<{ p50: number; p99: number; ms: number }>("expect", events * endpoints);
    const { rssMb, cpuMs } = await sender.call<{ rssMb: number; cpuMs: number }>("send", { events, rate });
    const { ms, p50, p99 } = await arrived;
    return { perSecond: Math.round((events * endpoints * 1000) / ms), p50, p99, rssMb, cpuMs };
  } finally {
    await sender.kill();
    await receiver.kill();
  }
}

/** The middle one, by p99. */
export function median(all: Measured[]): Measured {
  const middle = all.toSorted((a, b) => a.p99 - b.p99)[Math.floor(all.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}
