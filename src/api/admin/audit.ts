import { t } from "elysia";
import * as docs from "../docs/admin-audit.ts";
import { routes } from "../face.ts";
import { iso } from "../moment.ts";
import { limit } from "../paging.ts";

/** `/v1/admin/audit`: who did what, newest first. `before` the last entry's id is the next page. */
export const audit = () =>
  routes("/v1/admin/audit", "admin").get(
    "/",
    async ({ administer, query }) => {
      const entries = await administer().audit({ ...query, limit: query.limit ?? 100 });
      const names = new Map((await administer().keys()).map(({ id, name }) => [id, name]));
      return {
        success: true,
        data: entries.map(({ id, at, actor, action, tenant, subject, address, count, lastAt }) => ({
          id,
          timestamp: iso(at),
          actor,
          actor_name: names.get(actor) ?? null,
          action,
          tenant,
          subject,
          address,
          count,
          last_timestamp: lastAt === null ? null : iso(lastAt),
        })),
      };
    },
    {
      query: t.Object({
        tenant: t.Optional(t.String({ description: "the id of a tenant" })),
        before: t.Optional(t.String({ description: "the id of an entry" })),
        limit,
      }),
      ...docs.list,
    },
  );
