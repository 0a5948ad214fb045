import { Elysia } from "elysia";
import type { Face, Tools } from "../face.ts";
import { usualKeys } from "../credentials.ts";
import { eventBody } from "../v1/event-body.ts";
import { plainly } from "../failures.ts";
import { bulk } from "../v1/bulk.ts";
import { bulkCsv } from "../v1/bulk-csv.ts";
import { devices } from "../v1/devices.ts";
import { everyMessage } from "../v1/every-message.ts";
import { events } from "../v1/events.ts";
import { channels } from "../v1/channels.ts";
import { chats } from "../v1/chats.ts";
import { communities } from "../v1/communities.ts";
import { contacts } from "../v1/contacts.ts";
import { groups } from "../v1/groups.ts";
import { labels } from "../v1/labels.ts";
import { media } from "../v1/media.ts";
import { messages } from "../v1/messages.ts";
import { retention } from "../v1/retention.ts";
import { moving } from "../v1/moving.ts";
import { passkey } from "../v1/passkey.ts";
import { usage } from "../v1/usage.ts";
import { webhooks } from "../v1/webhooks.ts";
import { nativeTable } from "../table/native.ts";

/** `/v1/…`: the native API, in snake_case. Each resource has its file in `api/v1/`. */
export const v1 = {
  name: "v1",
  keys: usualKeys,
  prefixes: ["/v1"],
  word: plainly,
  table: nativeTable,
  routes: (tools: Tools) =>
    new Elysia()
      .use(devices(tools))
      .use(retention())
      .use(messages(tools))
      .use(everyMessage(tools))
      .use(moving())
      .use(passkey(tools))
      .use(bulk())
      .use(bulkCsv())
      .use(media(tools))
      .use(groups())
      .use(communities())
      .use(channels())
      .use(contacts())
      .use(chats(tools))
      .use(labels())
      .use(events(tools))
      .use(webhooks(tools))
      .use(usage()),
  event: eventBody,
} satisfies Face;
