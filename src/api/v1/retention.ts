import { type Static, t } from "elysia";
import type { DeviceRetention } from "../../core/access/lifetimes.ts";
import type { Lifetime } from "../../core/model/lifetime.ts";
import * as docs from "../docs/v1-retention.ts";
import { routes } from "../face.ts";
import { ok } from "../ok.ts";

const days = (of: string) =>
  t.Optional(t.Union([t.Integer(), t.Null()], { description: `days ${of} are kept, or null for what is usual` }));

/** Fields of a body that changes how long something is kept. */
export const retentionFields = { event_days: days("events"), history_days: days("chats and files") };

interface Fields {
  event_days?: number | null;
  history_days?: number | null;
}

export const lifetimeOf = ({ event_days: eventDays, history_days: historyDays }: Fields): Partial<Lifetime> => ({
  ...(eventDays !== undefined && { eventDays }),
  ...(historyDays !== undefined && { historyDays }),
});

/** `/v1/devices/:id/retention`: how long a device keeps what it has. */
export const retention = () =>
  routes("/v1/devices/:id/retention", "devices")
    .get("/", async ({ workspace, params }) => ok(body(await workspace.device(params.id).lifetimes.get())), docs.get)
    .patch(
      "/",
      async ({ workspace, params, body: fields }) =>
        ok(body(await workspace.device(params.id).lifetimes.change(lifetimeOf(fields)))),
      { body: t.Object(retentionFields), ...docs.change },
    );

const body = ({ eventDays, historyDays, effective, contents }: DeviceRetention): Static<typeof docs.retention> => ({
  event_days: eventDays,
  history_days: historyDays,
  effective: { event_days: effective.eventDays, history_days: effective.historyDays },
  contents,
});
