import type { Face } from "../face.ts";
import { admin } from "./admin.ts";
import { connection } from "./connection.ts";
import { devices } from "./devices.ts";
import { gateway } from "./gateway.ts";
import { plugins } from "./plugins.ts";
import { session } from "./session.ts";
import { v1 } from "./v1.ts";

/** Every face. Adding one is its file and a line here, its golden transcript, and its driver in `test/conformance/` when it links devices. */
export const faces: readonly Face[] = [connection, v1, admin, plugins, devices, gateway, session];
