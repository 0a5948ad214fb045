import { Elysia } from "elysia";
import { audit } from "./audit.ts";
import { health } from "./health.ts";
import { keys } from "./keys.ts";
import { logs } from "./logs.ts";
import { tenants } from "./tenants.ts";
import { traces } from "./traces.ts";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import { adminTable } from "../table/admin.ts";

/** `/v1/admin/…`: tenants, keys, everybody's devices, the audit log, traces, health and log of the process; for the admin key. */
export const admin: Face = {
  name: "admin",
  prefixes: ["/v1/admin"],
  adminOnly: true,
  table: adminTable,
  word: plainly,
  routes: (tools) =>
    new Elysia().use(tenants()).use(traces(tools)).use(keys()).use(audit()).use(health(tools)).use(logs(tools)),
};
