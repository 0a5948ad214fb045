import { expect, test } from "bun:test";
import { eventGuides } from "../../src/core/model/events/event-guide.ts";
import { eventTypes } from "../../src/core/model/events/events.ts";
import { describedApi } from "../api/described.ts";
import { eventsPage, pageOfEvents } from "../golden/events-page.ts";

test("the page of events is the guide: write it with bun test/golden/events-page.ts", async () => {
  const page = await Bun.file(eventsPage).text();
  expect(page.trim()).toBe(pageOfEvents().trim());
  const shown = new Set([...page.matchAll(/^### `([^`]+)`/gm)].map(([, type]) => type));
  expect(eventTypes.filter((type) => !shown.has(type))).toEqual([]);
});

test("the guide names only events and calls that there are", () => {
  const paths = Object.keys(describedApi()["paths"]);
  for (const { when, follows } of Object.values(eventGuides))
    for (const [, named = ""] of `${when} ${follows}`.matchAll(/`([^`]+)`/g)) {
      if (/^[a-z]+\.[a-z_]+$/.test(named)) expect(eventTypes as string[]).toContain(named);
      const [, path] = /^(?:GET|POST) (\S+)$/.exec(named) ?? [];
      if (path !== undefined) expect(paths.filter((each) => each.endsWith(path.replace(/^…/, "")))).not.toEqual([]);
    }
});
