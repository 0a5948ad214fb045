import { t } from "elysia";
import type { Clock } from "../../core/base/clock.ts";
import { chatKinds } from "../../core/model/recipient.ts";
import { deliveryStages } from "../../core/ports/deliveries.ts";
import * as docs from "../docs/v1-webhooks.ts";
import { type Tools, routes } from "../face.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Workspace } from "../../core/app.ts";
import { type Endpoint, endpointStates } from "../../core/ports/endpoint.ts";
import {
  againBody,
  deliveryBody,
  figuresBody,
  historyBody,
  testBody,
  webhookBody,
  withSecret,
} from "./webhook-words.ts";
import { limit, wholeNumber } from "../paging.ts";
import { commaList, ids, parseList, stages, types } from "./filters.ts";

const texts = (description: string) => t.Array(t.String(), { description });
const milliseconds = (minimum: number, maximum: number) =>
  t.Integer({ minimum, maximum, description: `${minimum} to ${maximum} milliseconds` });
const listed = t.Integer({ minimum: 1, maximum: 100, description: "1 to 100 events in one list" });
const draft = {
  description: t.Optional(t.Nullable(t.String({ description: "a text for people, up to 256 characters" }))),
  events: t.Optional(texts('types, families or everything: ["message.*", "device.connected"] or ["*"]')),
  devices: t.Optional(t.Nullable(texts('ids of devices, like ["shop-1"], or null for every device'))),
  device_groups: t.Optional(
    t.Nullable(texts('groups of devices, like ["jakarta"], or null: only devices whose device_group is one of them')),
  ),
  replies: t.Optional(
    t.Boolean({ description: "true: what it answers to an event is sent into the chat of the event" }),
  ),
  raw: t.Optional(t.Boolean({ description: "true: events of messages carry the message as WhatsApp has it" })),
  batch: t.Optional(
    t.Nullable(
      t.Object(
        { events: t.Optional(listed), wait_ms: t.Optional(milliseconds(50, 60_000)) },
        { description: "{ events: 1 to 100, wait_ms: 50 to 60000 }, which makes lists of events, or null" },
      ),
    ),
  ),
  burst: t.Optional(
    t.Nullable(
      t.Object(
        {
          pause_ms: t.Optional(milliseconds(200, 60_000)),
          longest_ms: t.Optional(milliseconds(200, 300_000)),
          events: t.Optional(listed),
        },
        {
          description:
            "{ pause_ms: 200 to 60000, longest_ms: up to 300000, events: 1 to 100 }, which makes a list of what a chat writes, or null",
        },
      ),
    ),
  ),
  inline_kb: t.Optional(
    t.Integer({ minimum: 0, maximum: 1_024, description: "0 to 1024 kilobytes: files up to this stand in the event" }),
  ),
  chats: t.Optional(
    t.Nullable(
      t.Array(t.Union(chatKinds.map((kind) => t.Literal(kind))), {
        minItems: 1,
        description: `some of ${chatKinds.join(", ")}, or null for all`,
      }),
    ),
  ),
  headers: t.Optional(
    t.Record(t.String(), t.String(), { description: "an object of headers sent with every delivery" }),
  ),
};
const url = t.String({ description: "an address like https://example.com/hook" });
const secret = t.Optional(t.String({ description: '"whsec_" and base64, or a text of 8 to 256 bytes' }));
/** What Unix seconds can say in milliseconds. */
const lastSecond = 8_640_000_000_000;
const settled = t.Union([t.Literal("delivered"), t.Literal("dead")], { description: "delivered or dead" });
const moment = (description: string) => t.Integer({ minimum: 0, maximum: lastSecond, description });

const shown = (workspace: Workspace, endpoint: Endpoint) => ({
  success: true,
  data: webhookBody(endpoint, workspace.webhooks.health(endpoint.id)),
});
const shownWithSecret = (workspace: Workspace, endpoint: Endpoint) => ({
  success: true,
  data: withSecret(endpoint, workspace.webhooks.health(endpoint.id)),
});

/** `/v1/webhooks`: where events are posted, and what became of each. */
export const webhooks = ({ clock }: Tools) =>
  routes("/v1/webhooks", "webhooks")
    .get(
      "/",
      ({ workspace, query: { status } }) => {
        const all = workspace.webhooks.list().filter(({ state }) => status === undefined || state === status);
        return { success: true, data: all.map((each) => webhookBody(each, workspace.webhooks.health(each.id))) };
      },
      {
        query: t.Object({
          status: t.Optional(
            t.Union(
              endpointStates.map((state) => t.Literal(state)),
              { description: `one of ${endpointStates.join(", ")}` },
            ),
          ),
        }),
        ...docs.list,
      },
    )
    .post(
      "/",
      async ({ workspace, body, status }) =>
        status(201, shownWithSecret(workspace, await workspace.webhooks.create(body))),
      { body: t.Object({ url, ...draft, secret }), ...docs.create },
    )
    .get(
      "/:id",
      async ({ workspace, params: { id } }) => {
        const { success, data } = shown(workspace, workspace.webhooks.get(id));
        return { success, data: { ...data, ...figuresBody(await workspace.webhooks.figures(id)) } };
      },
      docs.one,
    )
    .patch(
      "/:id",
      async ({ workspace, params, body }) => shown(workspace, await workspace.webhooks.change(params.id, body)),
      {
        body: t.Object({ url: t.Optional(url), ...draft, secret }),
        ...docs.change,
      },
    )
    .delete(
      "/:id",
      async ({ workspace, params }) => {
        await workspace.webhooks.remove(params.id);
        return docs.removed;
      },
      docs.remove,
    )
    .use(life())
    .use(deliveries())
    .use(redelivery(clock));

const life = () =>
  routes("/:id", "webhooks")
    .get(
      "/secret",
      async ({ workspace, params: { id } }) => ({
        success: true,
        data: { secret: await workspace.webhooks.secret(id) },
      }),
      docs.secret,
    )
    .post(
      "/rotate",
      async ({ workspace, params: { id }, body }) => {
        const { overlap, secret } = body ?? {};
        const wish = {
          ...(secret === undefined ? {} : { secret }),
          ...(overlap === undefined ? {} : { overlap: overlap * 1000 }),
        };
        return shownWithSecret(workspace, await workspace.webhooks.rotate(id, wish));
      },
      {
        body: t.Optional(t.Object({ secret, overlap: t.Optional(moment("seconds, up to 30 days")) })),
        ...docs.rotate,
      },
    )
    .post(
      "/test",
      async ({ workspace, params: { id } }) => ({ success: true, data: testBody(await workspace.webhooks.test(id)) }),
      docs.test,
    )
    .post(
      "/pause",
      async ({ workspace, params: { id } }) => shown(workspace, await workspace.webhooks.pause(id)),
      docs.pause,
    )
    .post(
      "/resume",
      async ({ workspace, params: { id } }) => shown(workspace, await workspace.webhooks.resume(id)),
      docs.resume,
    );

const deliveries = () =>
  routes("/:id", "webhooks")
    .get(
      "/deliveries",
      async ({ workspace, params: { id }, query }) => {
        const { before = null, since = 0, until = lastSecond, limit: most = 50 } = query;
        const found = await workspace.webhooks.deliveries.list(id, {
          stages: parseList(stages, query.status),
          types: parseList(types, query.types),
          devices: parseList(ids, query.devices),
          since: since * 1000,
          until: until * 1000 + 999,
          before,
          limit: most,
        });
        const more = found.length === most ? (found.at(-1)?.delivery.place ?? null) : null;
        return { success: true, data: found.map(deliveryBody), before: more };
      },
      {
        query: t.Object({
          status: commaList(`some of ${deliveryStages.join(", ")}, with commas`, {
            type: "string",
            enum: deliveryStages,
          }),
          types: commaList("event types and families with commas"),
          devices: commaList("ids of devices with commas"),
          since: wholeNumber("since", 0, lastSecond, "Unix seconds: when the events happened at the earliest"),
          until: wholeNumber("until", 0, lastSecond, "Unix seconds: when they happened at the latest"),
          before: wholeNumber("before", 0, Number.MAX_SAFE_INTEGER, "what the page before gave as `before`"),
          limit,
        }),
        ...docs.deliveries,
      },
    )
    .get(
      "/deliveries/:event",
      async ({ workspace, params: { id, event } }) => ({
        success: true,
        data: historyBody(event, await workspace.webhooks.deliveries.history(id, event)),
      }),
      docs.oneDelivery,
    )
    .post(
      "/deliveries/:event/redeliver",
      async ({ workspace, params: { id, event }, status }) => {
        return status(202, againBody(await workspace.webhooks.deliveries.again(id, event)));
      },
      docs.redeliver,
    );

const redelivery = (clock: Clock) =>
  routes("/:id", "webhooks").post(
    "/redeliver",
    async ({ workspace, params: { id }, body, status }) => {
      const { since, until, status: stages = ["dead"], missing = false } = body;
      const now = clock.now();
      if (until === undefined && since * 1000 > now) {
        const sentence = "since lies in the future: it takes Unix seconds, not milliseconds.";
        throw new Failure("invalid", sentence, { field: "since" });
      }
      const range = { since: since * 1000, until: until === undefined ? now : until * 1000 + 999, stages, missing };
      const { count } = await workspace.webhooks.deliveries.allAgain(id, range);
      return status(202, { success: true, data: { count } });
    },
    {
      body: t.Object({
        since: moment("Unix seconds"),
        until: t.Optional(moment("Unix seconds; now, if left out")),
        status: t.Optional(t.Array(settled, { description: 'which to make again: ["dead"], ["dead", "delivered"]' })),
        missing: t.Optional(t.Boolean({ description: "true: also events that were never owed to this webhook" })),
      }),
      ...docs.redeliverAll,
    },
  );
