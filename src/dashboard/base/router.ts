import { Cell } from "./cell.ts";

const read = (): readonly string[] =>
  location.hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);

/** Where one is: `#/webhooks/123` is ["webhooks", "123"]. */
export const route = new Cell<readonly string[]>(read());

addEventListener("hashchange", () => route.set(read()));

export const linkTo = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join("/")}`;

export const go = (...parts: string[]): void => {
  location.hash = linkTo(...parts);
};

/** Goes on from where one only passes through; not when one has left by oneself meanwhile. */
export const goOn = (from: string, ...parts: string[]): void => {
  if (location.hash === from) location.replace(linkTo(...parts));
};
