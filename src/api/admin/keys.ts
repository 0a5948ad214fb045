import { t } from "elysia";
import type { KeyRecord } from "../../core/ports/keys.ts";
import { scopes } from "../../core/model/scopes.ts";
import * as docs from "../docs/admin-keys.ts";
import { routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";

const newKey = t.Object({
  tenant: t.Optional(t.Union([t.String(), t.Null()], { description: "the id of a tenant; null makes an admin key" })),
  name: t.String({ description: "a name for people, of 1 to 100 characters", minLength: 1, maxLength: 100 }),
  scopes: t.Optional(
    t.Array(t.Union(scopes.map((scope) => t.Literal(scope))), {
      description: `a list of some of ${scopes.join(", ")}`,
      minItems: 1,
    }),
  ),
  expires_at: t.Optional(t.Integer({ description: "Unix seconds in the future" })),
});

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
          tenant: body.tenant ?? null,
          name: body.name,
          scopes: body.scopes ?? scopes,
          expiresAt: body.expires_at === undefined ? null : body.expires_at * 1000,
        });
        return status(201, { success: true, data: { key, ...keyBody(record) } });
      },
      { body: newKey, ...docs.createKey },
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

const keyBody = (key: KeyRecord) => ({
  id: key.id,
  tenant: key.tenant,
  name: key.name,
  scopes: key.scopes,
  created_at: unixSeconds(key.createdAt),
  expires_at: seconds(key.expiresAt),
  revoked_at: seconds(key.revokedAt),
});
