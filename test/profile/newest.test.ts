import { afterAll, beforeAll, describe, test } from "bun:test";
import { KnownFailures } from "../known.ts";
import { linking } from "./linking.ts";
import { loopbackOnly } from "./loopback.ts";
import { receiving } from "./receiving.ts";
import { sending } from "./sending.ts";

/**
 * The bot against the WhatsApp of the newest evidence. `known.json` names each story that fails today with the finding
 * that describes why; it only shrinks.
 */
const known = new KnownFailures(new URL("known.json", import.meta.url).pathname);
const stories = { ...receiving, ...sending, ...linking };

let guard: Disposable;
beforeAll(() => void (guard = loopbackOnly()));
afterAll(() => guard[Symbol.dispose]());

describe("on the newest WhatsApp", () => {
  test.each(Object.entries(stories))("%s", (name, story) => known.run(name, story), 40_000);
});

test("the list names stories that exist", () => known.assertWithin(Object.keys(stories)));
