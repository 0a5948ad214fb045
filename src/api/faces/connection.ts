import { connectionRoutes } from "../connection.ts";
import { usualKeys } from "../credentials.ts";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import { foreignTable } from "../table/foreign.ts";

/** `/connection/*`: the device named `default`, in camelCase, 403 for a wrong key. */
export const connection: Face = {
  name: "connection",
  keys: usualKeys,
  prefixes: ["/connection"],
  lenient: true,
  table: foreignTable,
  word(failure) {
    const wording = plainly(failure);
    return failure.code === "unauthorized" ? { ...wording, status: 403 } : wording;
  },
  routes: connectionRoutes,
};
