import { type Static, t } from "elysia";
import type { KeyRecord } from "../../core/ports/keys.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import { scopes } from "../../core/model/scopes.ts";
import * as docs from "../docs/admin-keys.ts";
import { routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";

const newKey = t.Object({
  tenant: t.Optional(t.String({ description: `the id of a tenant; "${homeTenant}" when left out` })),
  name: t.String({ description: "a name for people, of 1 to 100 characters", minLength: 1, maxLength: 100 }),
  scopes: t.Array(t.Union(scopes.map((scope) => t.Literal(scope))), {
    description: `a list of some of ${scopes.join(", ")}`,
    minItems: 1,
  }),
  admin: t.Optional(t.Boolean({ description: "true or false: whether it opens the administration too" })),
  devices: t.Optional(
    t.Union([t.Array(t.String(), { minItems: 1, maxItems: 1_000 }), t.Null()], {
      description: "a list of ids of devices; every other looks as if it did not exist. null is every device",
    }),
  ),
  expires_at: t.Optional(t.Integer({ description: "Unix seconds in the future" })),
});

const dayS = 86_400;

/** `/v1/admin/keys`: who comes in. A key is in the answer that made it, and nowhere else. */
export const keys = () =>
  routes("/v1/admin/keys", "admin")
    .get(
      "/",
      async ({ administer, query }) => ({ success: true, data: (await administer().keys(query.tenant)).map(keyBody) }),
      { query: t.Object({ tenant: t.Optional(t.String({ description: "the id of a tenant" })) }), ...docs.keys },
    )
    .post(
      "/",
      async ({ administer, body, status }) => {
        const { key, record } = await administer().createKey({
          tenant: body.tenant ?? homeTenant,
          name: body.name,
          scopes: body.admin ? [...body.scopes, "admin"] : body.scopes,
          devices: body.devices ?? null,
          expiresAt: body.expires_at === undefined ? null : body.expires_at * 1000,
        });
        return status(201, { success: true, data: { key, ...keyBody(record) } });
      },
      { body: newKey, ...docs.createKey },
    )
    .post(
      "/:key/rotate",
      async ({ administer, params, body, status }) => {
        const { overlap = dayS } = body ?? {};
        const { key, record } = await administer().rotateKey(params.key, overlap * 1_000);
        return status(201, { success: true, data: { key, ...keyBody(record) } });
      },
      {
        body: t.Optional(
          t.Object({
            overlap: t.Optional(
              t.Integer({
                minimum: 0,
                maximum: 30 * dayS,
                description: "seconds, up to 2592000 (30 days), for which the key before goes on; a day when left out",
              }),
            ),
          }),
        ),
        ...docs.rotateKey,
      },
    )
    .delete(
      "/:key",
      async ({ administer, params }) => {
        await administer().revokeKey(params.key);
        return docs.revoked;
      },
      docs.revokeKey,
    );

const seconds = (at: number | null) => (at === null ? null : unixSeconds(at));

const keyBody = (key: KeyRecord): Static<typeof docs.key> => ({
  id: key.id,
  tenant: key.tenant,
  name: key.name,
  prefix: key.prefix,
  admin: key.scopes.includes("admin"),
  scopes: key.scopes.filter((scope) => scope !== "admin"),
  devices: key.devices,
  created_at: unixSeconds(key.createdAt),
  created_by: key.createdBy,
  last_used_at: seconds(key.lastUsedAt),
  expires_at: seconds(key.expiresAt),
  revoked_at: seconds(key.revokedAt),
});
