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
