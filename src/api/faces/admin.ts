import { Elysia } from "elysia";
import { alerts } from "../admin/alerts.ts";
import { audit } from "../admin/audit.ts";
import { everybody } from "../admin/everybody.ts";
import { figures } from "../admin/figures.ts";
import { health } from "../admin/health.ts";
import { keys } from "../admin/keys.ts";
import { logs } from "../admin/logs.ts";
import { settings } from "../admin/settings.ts";
import { tenants } from "../admin/tenants.ts";
import { traces } from "../admin/traces.ts";
import type { Face } from "../face.ts";
import { usualKeys } from "../credentials.ts";
import { plainly } from "../failures.ts";
import { adminTable } from "../table/admin.ts";

/** `/v1/admin/…`: tenants, keys, everybody's devices, the audit log, traces, health and log of the process; for the admin key. */
export const admin: Face = {
  name: "admin",
  keys: usualKeys,
  prefixes: ["/v1/admin"],
  adminOnly: true,
  table: adminTable,
  word: plainly,
  routes: (tools) =>
    new Elysia()
      .use(tenants())
      .use(everybody(tools))
      .use(traces(tools))
      .use(keys())
      .use(audit())
      .use(health(tools))
      .use(figures(tools))
      .use(alerts(tools))
      .use(settings(tools))
      .use(logs(tools)),
};
