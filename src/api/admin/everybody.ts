import { type Static, t } from "elysia";
import type { TenantDevice, TenantWebhook } from "../../core/access/administration.ts";
import type { Change } from "../../core/access/change-feed.ts";
import { type Phase, phases } from "../../core/model/phase.ts";
import { type EndpointState, endpointStates } from "../../core/ports/endpoint.ts";
import * as docs from "../docs/admin-everybody.ts";
import { type Tools, routes } from "../face.ts";
import { cursorOf } from "../paging.ts";
import { type Frame, serverSentEvents } from "../sse.ts";
import { deviceBody } from "../v1/devices.ts";
import { commaList, parseList, types } from "../v1/filters.ts";
import { manyFilter, manyIn } from "../v1/every-message.ts";
import { messageBody } from "../v1/messages.ts";
import { webhookBody } from "../v1/webhook-words.ts";

const tenant = t.Optional(t.String({ description: "the id of a tenant; left out for every tenant" }));
const oneOf = <T extends string>(values: readonly T[]) =>
  t.Optional(
    t.Unsafe<T>(
      t.Union(
        values.map((each) => t.Literal(each)),
        { description: `one of ${values.join(", ")}` },
      ),
    ),
  );

/** `/v1/admin/devices`, `/webhooks`, `/messages` and `/changes`: every tenant's at once, for who runs the server. */
export const everybody = ({ clock, alerts, plugins }: Tools) =>
  routes("/v1/admin", "admin")
    .get(
      "/devices",
      async ({ administer, query }) => {
        const all = await administer().everyDevice();
        const asked = ({ tenant, status }: TenantDevice) =>
          (query.tenant ?? tenant) === tenant && (query.phase ?? status.phase) === status.phase;
        return { success: true, data: all.filter(asked).map(deviceOf) };
      },
      { query: t.Object({ tenant, phase: oneOf<Phase>(phases) }), ...docs.devices },
    )
    .get(
      "/webhooks",
      async ({ administer, query }) => {
        const all = await administer().everyWebhook();
        const asked = ({ endpoint }: TenantWebhook) =>
          (query.tenant ?? endpoint.tenant) === endpoint.tenant && (query.status ?? endpoint.state) === endpoint.state;
        return { success: true, data: all.filter(asked).map(webhookOf) };
      },
      { query: t.Object({ tenant, status: oneOf<EndpointState>(endpointStates) }), ...docs.webhooks },
    )
    .get(
      "/messages",
      async ({ administer, query: { tenant = null, device = null, ...query } }) => {
        const { messages, next } = await administer().everyMessage(tenant, device, manyIn(query));
        const data = messages.map(({ tenant, device, message }) => ({
          tenant,
          device_id: device,
          ...messageBody(message),
        }));
        return { success: true, data, cursor: cursorOf(next) };
      },
      {
        query: t.Object({
          tenant,
          device: t.Optional(t.String({ description: "the id of a device; left out for every device" })),
          ...manyFilter,
        }),
        ...docs.messages,
      },
    )
    .get(
      "/changes",
      ({ administer, query, request }) => {
        const asked = parseList(types, query.types);
        const of = (source: { listen(hear: () => void): () => void } | undefined) => (hear: () => void) =>
          source?.listen(hear) ?? (() => {});
        const others = { incident: of(alerts), plugins: of(plugins) };
        const follow = (gone: AbortSignal) => framed(administer().changes(asked, others, gone));
        return serverSentEvents(follow, request.signal, clock);
      },
      {
        query: t.Object({ types: commaList("event types and families with commas: device.*,webhook.*") }),
        ...docs.changes,
      },
    );

const deviceOf = ({ tenant, status }: TenantDevice): Static<typeof docs.tenantsDevice> => ({
  tenant,
  ...deviceBody(status),
});

const webhookOf = ({ endpoint, recent }: TenantWebhook): Static<typeof docs.tenantsWebhook> => ({
  tenant: endpoint.tenant,
  ...webhookBody(endpoint, recent),
});

async function* framed(changes: AsyncGenerator<Change, void>): AsyncGenerator<Frame, void> {
  for await (const data of changes) yield { id: null, data };
}
