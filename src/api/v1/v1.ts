import { Elysia } from "elysia";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import { bulk } from "./bulk.ts";
import { devices } from "./devices.ts";
import { events } from "./events.ts";
import { channels } from "./channels.ts";
import { chats } from "./chats.ts";
import { communities } from "./communities.ts";
import { contacts } from "./contacts.ts";
import { groups } from "./groups.ts";
import { labels } from "./labels.ts";
import { media } from "./media.ts";
import { messages } from "./messages.ts";
import { usage } from "./usage.ts";
import { webhooks } from "./webhooks.ts";
import { nativeTable } from "../table/native.ts";

/** `/v1/…`: the native API, in snake_case. Each resource has its file in `v1/`. */
export const v1: Face = {
  name: "v1",
  prefixes: ["/v1"],
  word: plainly,
  table: nativeTable,
  routes: (tools) =>
    new Elysia()
      .use(devices(tools))
      .use(messages())
      .use(bulk())
      .use(media())
      .use(groups())
      .use(communities())
      .use(channels())
      .use(contacts())
      .use(chats())
      .use(labels())
      .use(events(tools))
      .use(webhooks(tools))
      .use(usage()),
};
