import { Elysia } from "elysia";
import { usualKeys } from "../credentials.ts";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import { sessionSocket } from "../session-socket.ts";

/** Sockets only: a scan page makes a device by asking for it, whose id is the `key`. */
export const session: Face = {
  name: "session",
  keys: usualKeys,
  prefixes: [],
  table: {},
  word: plainly,
  routes: () => new Elysia(),
  sockets: sessionSocket,
};
