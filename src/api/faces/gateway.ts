import { usualKeys } from "../credentials.ts";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import { gatewayRoutes } from "../gateway.ts";
import { gatewaySocket } from "../gateway-socket.ts";
import { foreignTable } from "../table/foreign.ts";

/** `/status`, `/api/…` and sockets: one WhatsApp account, the device named `default`. */
export const gateway: Face = {
  name: "gateway",
  keys: usualKeys,
  prefixes: ["/status", "/api/qr", "/api/send", "/api/logout"],
  lenient: true,
  table: foreignTable,
  word: plainly,
  routes: gatewayRoutes,
  sockets: () => gatewaySocket,
};
