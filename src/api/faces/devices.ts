import { usualKeys } from "../credentials.ts";
import { devicesRoutes } from "../devices.ts";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import { foreignTable } from "../table/foreign.ts";

/** `/api/devices/…`: a device is made by starting it; errors are `{ "status": "error" }`. */
export const devices: Face = {
  name: "devices",
  keys: usualKeys,
  prefixes: ["/api/devices"],
  lenient: true,
  table: foreignTable,
  word(failure) {
    const { status } = plainly(failure);
    return { status, body: { status: "error", error: failure.message, code: failure.code } };
  },
  routes: devicesRoutes,
};
