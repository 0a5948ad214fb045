import { admin } from "../admin/admin.ts";
import { connection } from "../connection.ts";
import { devices } from "../devices.ts";
import type { Face } from "../face.ts";
import { gatewaySocket } from "../gateway-socket.ts";
import { gateway } from "../gateway.ts";
import { sessionSocket } from "../session-socket.ts";
import { v1 } from "../v1/v1.ts";
import { plugins } from "../plugins.ts";
import type { SocketFace } from "../visitor.ts";

/** Every HTTP face. Adding one is a line here, its golden transcript, and its driver in `test/conformance/` when it links devices. */
export const faces: readonly Face[] = [connection, v1, admin, plugins, devices, gateway];

/** Every Socket.IO face. They share one namespace: their words differ. */
export const socketFaces = (): readonly SocketFace[] => [gatewaySocket, sessionSocket()];
