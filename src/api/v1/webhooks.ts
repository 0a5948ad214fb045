import { t } from "elysia";
import type { Clock } from "../../core/clock.ts";
import { deliveryStages } from "../../core/deliveries.ts";
import * as docs from "../docs/v1-webhooks.ts";
import { type Tools, routes } from "../face.ts";
import { deliveryBody, historyBody, testBody, webhookBody, withSecret } from "./webhook-words.ts";
import { limit, wholeNumber } from "../paging.ts";
import { listOf, types } from "./filters.ts";

const texts = (description: string) => t.Array(t.String(), { description });
const draft = {
  description: t.Optional(t.Nullable(t.String({ description: "a text for people, up to 256 characters" }))),
  events: t.Optional(texts('types, families or everything: ["message.*", "device.connected"] or ["*"]')),
  devices: t.Optional(t.Nullable(texts('ids of devices, like ["shop-1"], or null for every device'))),
  headers: t.Optional(
    t.Record(t.String(), t.String(), { description: "an object of headers sent with every delivery" }),
  ),
};
const url = t.String({ description: "an address like https://example.com/hook" });
const secret = t.Optional(t.String({ description: '"whsec_" and base64, or a text of 8 to 256 bytes' }));
// Not t.UnionEnum: what is left out would become the first of them.
const stages = t.Union(
  deliveryStages.map((stage) => t.Literal(stage)),
  { description: `one of ${deliveryStages.join(", ")}` },
);
const settled = t.Union([t.Literal("delivered"), t.Literal("dead")], { description: "delivered or dead" });
const moment = (description: string) => t.Integer({ minimum: 0, description });

/** `/v1/webhooks`: where events are posted, and what became of each. */
export const webhooks = ({ clock }: Tools) =>
  routes("/v1/webhooks", "webhooks")
    .get("/", ({ workspace }) => ({ success: true, data: workspace.webhooks.list().map(webhookBody) }), docs.list)
    .post(
      "/",
      async ({ workspace, body, status }) =>
        status(201, { success: true, data: withSecret(await workspace.webhooks.create(body)) }),
      { body: t.Object({ url, ...draft, secret }), ...docs.create },
    )
    .get(
      "/:id",
      ({ workspace, params }) => ({ success: true, data: webhookBody(workspace.webhooks.get(params.id)) }),
      docs.one,
    )
    .patch(
      "/:id",
      async ({ workspace, params, body }) => ({
        success: true,
        data: webhookBody(await workspace.webhooks.change(params.id, body)),
      }),
      { body: t.Object({ url: t.Optional(url), ...draft, secret }), ...docs.change },
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
    .use(history(clock));

const life = () =>
  routes("/:id", "webhooks")
    .get(
      "/secret",
      ({ workspace, params: { id } }) => ({ success: true, data: { secret: workspace.webhooks.secret(id) } }),
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
        return { success: true, data: withSecret(await workspace.webhooks.rotate(id, wish)) };
      },
      { body: t.Optional(t.Object({ secret, overlap: t.Optional(moment("seconds, up to 30 days")) })), ...docs.rotate },
    )
    .post(
      "/test",
      async ({ workspace, params: { id } }) => ({ success: true, data: testBody(await workspace.webhooks.test(id)) }),
      docs.test,
    )
    .post(
      "/pause",
      async ({ workspace, params: { id } }) => ({
        success: true,
        data: webhookBody(await workspace.webhooks.pause(id)),
      }),
      docs.pause,
    )
    .post(
      "/resume",
      async ({ workspace, params: { id } }) => ({
        success: true,
        data: webhookBody(await workspace.webhooks.resume(id)),
      }),
      docs.resume,
    );

const history = (clock: Clock) =>
  routes("/:id", "webhooks")
    .get(
      "/deliveries",
      async ({ workspace, params: { id }, query }) => {
        const { before = null, status, limit: most = 50 } = query;
        const wish = { stages: status ? [status] : null, types: listOf(types, query.types), before, limit: most };
        const found = await workspace.webhooks.deliveries(id, wish);
        const more = found.length === most ? (found.at(-1)?.place ?? null) : null;
        return { success: true, data: found.map(deliveryBody), before: more };
      },
      {
        query: t.Object({
          status: t.Optional(stages),
          types: t.Optional(t.String({ description: "event types with commas" })),
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
        data: historyBody(event, await workspace.webhooks.history(id, event)),
      }),
      docs.oneDelivery,
    )
    .post(
      "/deliveries/:event/redeliver",
      async ({ workspace, params: { id, event }, status }) => {
        await workspace.webhooks.redeliver(id, event);
        return status(202, docs.redelivering);
      },
      docs.redeliver,
    )
    .post(
      "/redeliver",
      async ({ workspace, params: { id }, body, status }) => {
        const { since, until, status: stages = ["dead"], missing = false } = body;
        const end = until === undefined ? clock.now() : until * 1000 + 999;
        const range = { since: since * 1000, until: end, stages, missing };
        const count = await workspace.webhooks.redeliverAll(id, range);
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
