import { connection } from "./connection.ts";
import type { Face } from "./face.ts";
import { v1 } from "./v1.ts";

/** Every HTTP face. Adding one is a line here, its golden transcript and its driver in the conformance story. */
export const faces: readonly Face[] = [connection, v1];
