import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { Turns } from "../core/base/turns.ts";
import type { Clock } from "../core/base/clock.ts";

/** All addresses of a name, best first. Rejects when it has none. */
export type Resolve = (host: string) => Promise<string[]>;

/** For how long an answer is taken for true; what is dialled is checked each time all the same. Milliseconds. */
const keptFor = 10_000;
const mostKept = 1_000;
/** How long DNS may be silent before the system is asked as well, milliseconds. */
const hesitation = 2_000;

/**
 * Names to addresses, so that one whose servers are silent holds up nobody else. The system's resolver has as many
 * threads as the machine has cores, and each may hang ten seconds in such a name: measured, two dead names stopped every
 * other lookup of the process. So DNS is asked without threads, and the system, which also knows what is not in DNS and
 * rereads its configuration, only where that leads nowhere, about one name at a time.
 */
export function resolver(clock: Clock, ways: { dns: Resolve; system: Resolve } = { dns, system }): Resolve {
  const kept = new Map<string, { until: number; addresses: string[] }>();
  const pending = new Map<string, Promise<string[]>>();
  const askSystem = oneAtATime(ways.system);
  const ask = async (host: string): Promise<string[]> => {
    const addresses = fourFirst(await firstOf(ways.dns(host), () => askSystem(host), clock));
    if (kept.size >= mostKept) kept.clear();
    kept.set(host, { until: clock.monotonic() + keptFor, addresses });
    return addresses;
  };
  return async (host) => {
    const known = kept.get(host);
    if (known !== undefined && known.until > clock.monotonic()) return known.addresses;
    const asked = pending.get(host) ?? ask(host).finally(() => pending.delete(host));
    pending.set(host, asked);
    return asked;
  };
}

const dns: Resolve = async (host) => (await Bun.dns.lookup(host, { backend: "c-ares" })).map(({ address }) => address);

const system: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** What `quick` says, or what `other` says when that fails or hesitates. */
async function firstOf(quick: Promise<string[]>, other: () => Promise<string[]>, clock: Clock): Promise<string[]> {
  const leadsNowhere = Promise.withResolvers<void>();
  const cancel = clock.after(hesitation, leadsNowhere.resolve);
  void quick.catch(() => leadsNowhere.resolve());
  const second = leadsNowhere.promise.then(other);
  try {
    return await Promise.any([quick, second]);
  } catch {
    return await second; // fails in the system's words
  } finally {
    cancel();
  }
}

/** A name that hangs must not get hold of every thread. */
function oneAtATime(resolve: Resolve): Resolve {
  const waiting = new Map<string, Promise<string[]>>();
  const turns = new Turns();
  return (host) => {
    const before = waiting.get(host);
    if (before !== undefined) return before;
    const mine = turns.take(() => resolve(host)).finally(() => waiting.delete(host));
    waiting.set(host, mine);
    return mine;
  };
}

/** Where IPv6 is broken, a dial to it hangs instead of failing; the other way round hardly happens. */
const fourFirst = (addresses: readonly string[]): string[] =>
  addresses.toSorted((a, b) => Number(isIPv6(a)) - Number(isIPv6(b)));
