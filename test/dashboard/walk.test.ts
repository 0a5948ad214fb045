import { afterAll, beforeAll } from "bun:test";
import { browserPath } from "../browser.ts";
import { access } from "./walk/access.ts";
import { chats } from "./walk/chats.ts";
import { devices } from "./walk/devices.ts";
import { events } from "./walk/events.ts";
import { firstRun } from "./walk/first-run.ts";
import { manners } from "./walk/manners.ts";
import { outbox } from "./walk/outbox.ts";
import { plugins } from "./walk/plugins.ts";
import { sandbox } from "./walk/sandbox.ts";
import { webhooks } from "./walk/webhooks.ts";
import { walk, World } from "./walk/world.ts";

let world: World | null = null;

beforeAll(async () => {
  if (browserPath) world = await World.open();
}, 90_000);
afterAll(async () => world?.[Symbol.asyncDispose]());

// In this order: each begins where the one before ended.
for (const stories of [firstRun, devices, chats, outbox, events, webhooks, plugins, access, manners, sandbox])
  for (const [name, story] of Object.entries(stories))
    walk(name, story, () => {
      if (!world) throw new Error("the world did not open");
      return world;
    });
