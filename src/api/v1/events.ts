import { Elysia, t } from "elysia";
import type { Workspace } from "../../core/app.ts";
import type { EventFilter, StreamedEvent } from "../../core/delivery/event-log.ts";
import { describeEvent } from "../../core/model/events/event-schema.ts";
import { type BotEvent, eventTypes } from "../../core/model/events/events.ts";
import * as docs from "../docs/v1-events.ts";
import { type Tools, routes } from "../face.ts";
import { limit, wholeNumber } from "../paging.ts";
import { raw, rawOf, wantsRaw } from "./raw.ts";
import { type Frame, serverSentEvents } from "../sse.ts";
import { fateBody, pluginFateBody } from "./webhook-words.ts";
import { fileLinks } from "./file-links.ts";
import { commaList, ids, parseList, types } from "./filters.ts";

const filters = {
  types: commaList("event types and families with commas: message.received,device.*"),
};

/** The log of what happened: pages, a stream, and the catalogue of what can happen. */
export const events = (tools: Tools) =>
  new Elysia()
    .use(deviceEvents(tools))
    .use(tenantEvents(tools))
    .use(oneEvent(tools))
    .use(
      routes("/v1/event-types", "events")
        .get("/", () => ({ success: true, data: eventTypes }), docs.catalogue)
        .get("/:type", ({ params }) => ({ success: true, data: describeEvent(params.type) }), docs.oneType),
    );

const deviceEvents = (tools: Tools) => {
  const linked = fileLinks(tools);
  return routes("/v1/devices/:id/events", "events").get(
    "/",
    async ({ workspace, params, query, request }) => {
      const { after = 0, limit: most = 100, types: wanted } = query;
      const asked = parseList(types, wanted);
      const found = await workspace.device(params.id).events(after, most);
      const data = found.filter(({ type }) => asked?.includes(type) ?? true);
      const more = wantsRaw(query.raw) ? { raw: await rawOf(workspace, data) } : {};
      return { success: true, data: linked({ workspace, request })(data), after: found.at(-1)?.seq ?? after, ...more };
    },
    {
      query: t.Object({
        after: wholeNumber("after", 0, Number.MAX_SAFE_INTEGER, "the seq behind which to read; 0 is from the start"),
        limit,
        raw,
        ...filters,
      }),
      ...docs.ofDevice,
    },
  );
};

const tenantEvents = (tools: Tools) => {
  const linked = fileLinks(tools);
  return routes("/v1/events", "events").get(
    "/",
    async ({ workspace, query, headers, request }) => {
      const filter = { types: parseList(types, query.types), devices: parseList(ids, query.devices) };
      if (headers.accept?.includes("text/event-stream")) {
        const cursor = headers["last-event-id"] ?? query.cursor;
        const withLinks = linked({ workspace, request });
        const { signal } = request;
        return stream(workspace, filter, cursor, {
          signal,
          clock: tools.clock,
          withLinks,
          withRaw: wantsRaw(query.raw),
        });
      }
      const { latest } = query;
      const rawIn = async (events: readonly BotEvent[]) =>
        wantsRaw(query.raw) ? { raw: await rawOf(workspace, events) } : {};
      if (latest !== undefined) {
        const { events, cursor } = await workspace.log.latest(filter, latest);
        return { success: true, data: linked({ workspace, request })(events), cursor, ...(await rawIn(events)) };
      }
      const { events, cursor } = await workspace.log.page(query.cursor ?? null, filter, query.limit ?? 100);
      return { success: true, data: linked({ workspace, request })(events), cursor, ...(await rawIn(events)) };
    },
    {
      query: t.Object({
        cursor: t.Optional(t.String({ description: "what an earlier answer gave as `cursor`" })),
        devices: commaList("ids of devices with commas"),
        latest: wholeNumber("latest", 1, 500, "the last so many, up to 500"),
        limit,
        raw,
        ...filters,
      }),
      ...docs.ofTenant,
    },
  );
};

const oneEvent = (tools: Tools) =>
  routes("/v1/events/:event", "events")
    .get(
      "/",
      async ({ workspace, params, query, request }) => {
        const data = await workspace.log.one(params.event);
        const shown = fileLinks(tools)({ workspace, request })(data);
        return { success: true, data: shown, ...(wantsRaw(query.raw) ? { raw: await rawOf(workspace, [data]) } : {}) };
      },
      { query: t.Object({ raw }), ...docs.oneEvent },
    )
    .get(
      "/deliveries",
      async ({ workspace, params }) => {
        const { fates } = await workspace.webhooks.deliveries.statuses(params.event);
        const urls = new Map(workspace.webhooks.list().map(({ id, url }) => [id, url]));
        return { success: true, data: [...fates].map(([id, fate]) => fateBody(id, urls.get(id) ?? null, fate)) };
      },
      docs.deliveriesOfEvent,
    )
    .get(
      "/plugins",
      async ({ workspace, params }) => {
        const fates = await workspace.webhooks.deliveries.forPlugins(params.event);
        return { success: true, data: [...fates].map(([name, shown]) => pluginFateBody(name, shown)) };
      },
      docs.pluginsOfEvent,
    );

interface Streaming {
  signal: AbortSignal;
  clock: Tools["clock"];
  withRaw: boolean;
  withLinks: (event: BotEvent) => BotEvent;
}

/** Without a cursor from now on. */
async function stream(
  workspace: Workspace,
  filter: EventFilter,
  cursor: string | undefined,
  { signal, clock, withRaw, withLinks }: Streaming,
): Promise<Response> {
  const from = cursor ?? (await workspace.log.now());
  if (cursor !== undefined) await workspace.log.page(cursor, { types: [], devices: null }, 1); // a bad one is refused here
  const more = async (event: BotEvent) => ({
    ...withLinks(event),
    ...(withRaw && { raw: (await rawOf(workspace, [event]))[event.id] }),
  });
  return serverSentEvents((gone) => framed(from, workspace.log.follow(from, filter, gone), more), signal, clock);
}

/** Where the stream begins comes first: a line that breaks before the first event misses nothing either. */
async function* framed(
  from: string,
  events: AsyncGenerator<StreamedEvent, void>,
  more: (event: BotEvent) => Promise<object>,
): AsyncGenerator<Frame, void> {
  yield { id: from };
  for await (const { cursor, event } of events) yield { id: cursor, event: event.type, data: await more(event) };
}
