import { Cell } from "./cell.ts";

interface Place {
  tenant: string | null;
  parts: readonly string[];
}

function read(): Place {
  const all = location.hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
  const [first, ...rest] = all;
  return first?.startsWith("@") ? { tenant: first.slice(1), parts: rest } : { tenant: null, parts: all };
}

/** What somebody typed need not be encoded: it is taken as it stands, and nothing is found by it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The tenant that an admin looks at, when it is not his own: `#/@acme/devices` is that of acme. */
export const actingTenant = new Cell<string | null>(read().tenant);

/** Where one is: `#/webhooks/123` is ["webhooks", "123"], and so is `#/@acme/webhooks/123`. */
export const route = new Cell<readonly string[]>(read().parts);

addEventListener("hashchange", () => {
  const { tenant, parts } = read();
  actingTenant.set(tenant);
  route.set(parts);
});

/** A link within the tenant that is looked at. */
export const linkTo = (...parts: string[]): string => linkIn(actingTenant.value, ...parts);

/** A link within a tenant; null is one's own. */
export const linkIn = (tenant: string | null, ...parts: string[]): string =>
  `#/${[...(tenant === null ? [] : [`@${tenant}`]), ...parts].map(encodeURIComponent).join("/").replace(/^%40/, "@")}`;

export const go = (...parts: string[]): void => {
  location.hash = linkTo(...parts);
};

/** Goes on from where one only passes through; not when one has left by oneself meanwhile. */
export const goOn = (from: string, ...parts: string[]): void => {
  if (location.hash === from) location.replace(linkTo(...parts));
};
