import { t } from "elysia";
import type { Administration } from "../../core/access/administration.ts";
import * as docs from "../docs/admin-audit.ts";
import { routes } from "../face.ts";
import { iso } from "../moment.ts";
import { limit } from "../paging.ts";
import { momentsIn, period } from "../v1/filters.ts";

/** `/v1/admin/audit`: who did what, newest first. `before` the last entry's id is the next page. */
export const audit = () =>
  routes("/v1/admin/audit", "admin").get(
    "/",
    async ({ administer, query: { since, until, limit: most = 100, ...query } }) => {
      const entries = await administer().audit({ ...query, ...momentsIn({ since, until }), limit: most });
      const names = await namesIn(administer());
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
          subject_name: names.get(subject ?? "") ?? null,
          address,
          count,
          last_timestamp: lastAt === null ? null : iso(lastAt),
        })),
      };
    },
    {
      query: t.Object({
        tenant: t.Optional(t.String({ description: "the id of a tenant" })),
        actor: t.Optional(t.String({ description: "who did it: the id of a key, or a word as `actor` has it" })),
        action: t.Optional(
          t.String({
            pattern: "^[a-z_]+(\\.[a-z_]+)*(\\.\\*)?$|^\\*(\\.[a-z_]+)+$",
            description: "an act, or with * for any part of it: device.start, device.*, *.refused",
          }),
        ),
        subject: t.Optional(t.String({ description: "whose turn it was: the id of a device, key, webhook or tenant" })),
        ...period,
        before: t.Optional(t.String({ description: "the id of an entry" })),
        limit,
      }),
      ...docs.list,
    },
  );

/** What keys are called and where webhooks are, by id. */
async function namesIn(administration: Administration): Promise<ReadonlyMap<string, string>> {
  const keys = (await administration.keys()).map(({ id, name }) => [id, name] as const);
  const webhooks = (await administration.everyWebhook()).map(({ endpoint: { id, url } }) => [id, url] as const);
  return new Map([...keys, ...webhooks]);
}
