import { contentKinds } from "../../core/model/content/content.ts";
import { eventTypes } from "../../core/model/events/events.ts";
import { nearest } from "../../core/base/nearest.ts";
import { noSuch } from "./meant.ts";
import type { Manifest, Problem, Registered } from "./protocol.ts";

const kinds = contentKinds.map((kind) => `message.${kind}`);
const heard: string[] = [...eventTypes, ...kinds, "command.unknown"];

/** Why what `setup` made cannot be, and where it was made; null when it can. */
export function flawOfRegistered(
  { name, permissions }: Manifest,
  { subscribedTo, routes, outgoing, sites }: Registered,
): Problem | null {
  const at = (what: string, message: string): Problem => {
    const { file = null, line = null } = sites.find((site) => site.what === what) ?? {};
    return { message, file, line };
  };
  const odd = subscribedTo.find((type) => !heard.includes(type));
  if (odd !== undefined) {
    // Few events, many kinds: what is near of all, else those of that family.
    const known = nearest(odd, heard) === null && odd.startsWith("message.") ? kinds : heard;
    return at(`on ${odd}`, `on("${odd}"): ${noSuch("event", odd, known, kinds.length)}`);
  }
  const [route] = routes;
  const needed = outgoing ? "outgoing" : null;
  if (needed !== null && !permissions.includes(needed)) return at("outgoing", missing(name, needed));
  if (route && !permissions.includes("http")) return at(`http ${route.method} ${route.path}`, missing(name, "http"));
  return null;
}

const missing = (name: string, permission: string) =>
  `${name} uses ${permission}: add "${permission}" to its permissions`;
