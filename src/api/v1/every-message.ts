import { type Static, t } from "elysia";
import type { ManyQuery } from "../../core/ports/messages.ts";
import * as docs from "../docs/v1-messages.ts";
import { routes, type Tools } from "../face.ts";
import { cursor, cursorIn, cursorOf, limit } from "../paging.ts";
import { fileLinks } from "./file-links.ts";
import { messageBody, progressFilter } from "./messages.ts";

/** Which of the messages of many devices. */
export const manyFilter = {
  ...progressFilter,
  limit,
  cursor,
};
const filter = t.Object(manyFilter);

/** Throws `invalid`. */
export const manyIn = ({ state, reason, limit: most = 100, cursor }: Static<typeof filter>): ManyQuery => ({
  state: state ?? null,
  reason: reason ?? null,
  before: cursorIn(cursor),
  limit: most,
});

/** `/v1/messages`: what every device of the caller's sent and is to send. */
export const everyMessage = (tools: Tools) =>
  routes("/v1/messages", "messages").get(
    "/",
    async ({ workspace, request, query }) => {
      const { messages, next } = await workspace.messages(manyIn(query));
      const data = messages.map(({ device, message }) => ({ device_id: device, ...messageBody(message) }));
      return { success: true, data: fileLinks(tools)({ workspace, request })(data), cursor: cursorOf(next) };
    },
    { query: filter, ...docs.everywhere },
  );
