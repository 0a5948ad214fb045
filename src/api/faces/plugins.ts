import { usualKeys } from "../credentials.ts";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import { pluginRoutes } from "../plugins.ts";
import { adminTable } from "../table/admin.ts";

/** `/v1/admin/plugins`: what runs in this bot, for the admin key. */
export const plugins: Face = {
  name: "plugins",
  keys: usualKeys,
  prefixes: ["/v1/admin/plugins", "/v1/admin/bundled-plugins"],
  adminOnly: true,
  table: adminTable,
  word: plainly,
  routes: pluginRoutes,
};
