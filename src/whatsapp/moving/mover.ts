import type { SessionMover } from "../../core/ports/moving.ts";
import { leavingSession } from "./leaving-session.ts";
import { movedSession } from "./moved-session.ts";
import { sealDevice } from "./sealed-device.ts";

/** Linked devices, in and out. */
export const mover: SessionMover = { read: movedSession, write: leavingSession, seal: sealDevice };
