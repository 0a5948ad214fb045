import { Elysia, type Static, t } from "elysia";
import type { DeviceStatus } from "../../core/model/device-status.ts";
import { type Budget, budgets } from "../../core/model/budgets.ts";
import type { Administration } from "../../core/access/administration.ts";
import { sessionForms } from "../../core/ports/moving.ts";
import { proxyExample } from "../../core/model/proxy-server.ts";
import { contentRules, type TenantLifetime } from "../../core/model/lifetime.ts";
import type { Tenant } from "../../core/ports/tenants.ts";
import * as docs from "../docs/admin-tenants.ts";
import * as retentionDocs from "../docs/v1-retention.ts";
import { routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";
import { lifetimeOf, retentionFields } from "../v1/retention.ts";
import { statusWords } from "../v1/words.ts";

const name = t.Optional(
  t.String({ description: "a name for people, of 1 to 100 characters", minLength: 1, maxLength: 100 }),
);
const deviceLimit = t.Optional(
  t.Union([t.Integer({ minimum: 0 }), t.Null()], { description: "a number of devices, or null for no limit" }),
);

const mediaLinks = t.Optional(
  t.Boolean({ description: "true: events and messages carry links to their files, for whoever has no key" }),
);

/** As the core has it. */
const renamed = <T extends { device_limit?: number | null; media_links?: boolean }>({
  device_limit,
  media_links,
  ...rest
}: T) => ({
  ...rest,
  ...(device_limit === undefined ? {} : { deviceLimit: device_limit }),
  ...(media_links === undefined ? {} : { mediaLinks: media_links }),
});

const limitOf = (budget: Budget) =>
  t.Optional(
    t.Union([t.Integer({ minimum: 0 }), t.Null()], {
      description: `a whole number for ${budget}, or null for no limit`,
    }),
  );
const limits = t.Optional(
  t.Object(
    Object.fromEntries(budgets.map((budget) => [budget, limitOf(budget)])) as Record<
      Budget,
      ReturnType<typeof limitOf>
    >,
    {
      description: "an object of budgets and their limits",
    },
  ),
);

const proxy = t.Optional(
  t.Union([t.String({ maxLength: 1_000 }), t.Null()], {
    description: `the address of the proxy for devices without one of their own, e.g. ${proxyExample}, or null for none`,
  }),
);

/** `/v1/admin/tenants`: who uses this bot, and their devices. */
export const tenants = () => new Elysia().use(all()).use(retention()).use(devices());

const all = () =>
  routes("/v1/admin/tenants", "admin")
    .get(
      "/",
      async ({ administer }) => {
        const administration = administer();
        return data((await administration.tenants()).map((each) => tenantBody(each, administration)));
      },
      docs.tenants,
    )
    .post(
      "/",
      async ({ administer, body, status }) => {
        const administration = administer();
        return status(201, data(tenantBody(await administration.createTenant(renamed(body)), administration)));
      },
      {
        body: t.Object({
          id: t.String({ description: 'letters, digits, _ and -, e.g. "acme"' }),
          name,
          device_limit: deviceLimit,
          limits,
          proxy,
          media_links: mediaLinks,
        }),
        ...docs.createTenant,
      },
    )
    .patch(
      "/:tenant",
      async ({ administer, params, body }) => {
        const administration = administer();
        return data(tenantBody(await administration.updateTenant(params.tenant, renamed(body)), administration));
      },
      {
        body: t.Object({ name, device_limit: deviceLimit, limits, proxy, media_links: mediaLinks }),
        ...docs.updateTenant,
      },
    )
    .delete(
      "/:tenant",
      async ({ administer, params }) => {
        await administer().removeTenant(params.tenant);
        return docs.tenantRemoved;
      },
      docs.removeTenant,
    )
    .get("/:tenant/usage", async ({ administer, params }) => data(await administer().usage(params.tenant)), docs.usage);

const retention = () =>
  routes("/v1/admin/tenants/:tenant/retention", "admin")
    .get(
      "/",
      async ({ administer, params }) => data(retentionBody(await administer().retention(params.tenant))),
      retentionDocs.getOfTenant,
    )
    .patch(
      "/",
      async ({ administer, params, body }) => {
        const { contents } = body;
        const change = { ...lifetimeOf(body), ...(contents !== undefined && { contents }) };
        return data(retentionBody(await administer().keepFor(params.tenant, change)));
      },
      {
        body: t.Object({
          ...retentionFields,
          contents: t.Optional(
            t.Union(
              contentRules.map((rule) => t.Literal(rule)),
              { description: contentRules.join(" or ") },
            ),
          ),
        }),
        ...retentionDocs.changeOfTenant,
      },
    );

const retentionBody = ({
  eventDays,
  historyDays,
  contents,
}: TenantLifetime): Static<typeof retentionDocs.tenantRetention> => ({
  event_days: eventDays,
  history_days: historyDays,
  contents,
});

const devices = () =>
  routes("/v1/admin/tenants/:tenant/devices", "admin")
    .get(
      "/",
      async ({ administer, params }) => data((await administer().devices(params.tenant)).map(deviceBody)),
      docs.devices,
    )
    .post(
      "/",
      async ({ administer, params, body, status }) => {
        const made = await administer().createDevice(params.tenant, body.device_id, body.label, body.proxy);
        return status(201, data(deviceBody(made)));
      },
      {
        body: t.Object({
          device_id: t.String({ description: 'letters, digits, _ and -, e.g. "shop-1"' }),
          label: name,
          proxy: t.Optional(
            t.String({ maxLength: 1_000, description: `the address of its proxy, e.g. ${proxyExample}` }),
          ),
        }),
        ...docs.createDevice,
      },
    )
    .post(
      "/:device/export",
      async ({ administer, params, body }) => {
        const { passphrase, form = "merpati" } = body;
        const sealed = await administer().exportDevice(params.tenant, params.device, passphrase, form);
        return data({ device_id: params.device, form, sealed });
      },
      {
        body: t.Object({
          passphrase: t.String({ maxLength: 1_000, description: "12 characters or more, which open the file" }),
          form: t.Optional(
            t.Union(
              sessionForms.map((each) => t.Literal(each)),
              { description: `one of ${sessionForms.join(", ")}` },
            ),
          ),
        }),
        ...docs.exportDevice,
      },
    )
    .delete(
      "/:id",
      async ({ administer, params }) => {
        await administer().removeDevice(params.tenant, params.id);
        return docs.deviceRemoved;
      },
      docs.removeDevice,
    );

const data = <T>(body: T) => ({ success: true, data: body });

const tenantBody = (tenant: Tenant, administration: Administration): Static<typeof docs.tenant> => ({
  id: tenant.id,
  name: tenant.name,
  device_limit: tenant.deviceLimit,
  limits: tenant.limits,
  proxy: administration.proxyOf(tenant.id),
  media_links: tenant.mediaLinks,
  created_at: unixSeconds(tenant.createdAt),
});

const deviceBody = (device: DeviceStatus): Static<typeof docs.tenantDevice> => ({
  device_id: device.id,
  label: device.label,
  status: statusWords[device.phase],
  phase: device.phase,
  reason: device.reason,
});
