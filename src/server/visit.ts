import type { Socket } from "socket.io";
import type { SocketFace, Visitor } from "../api/visitor.ts";
import type { Workspace } from "../core/app.ts";
import { asFailure } from "../core/base/failure.ts";
import type { Relay } from "./relay.ts";

/** One client as one face sees it. */
export function visitorOf(socket: Socket, face: SocketFace, workspace: Workspace, relay: Relay): Visitor {
  return {
    workspace,
    join: (device) => relay.join(socket, face, workspace, device),
    leave: (device) => relay.leave(socket, face, workspace, device),
    say: (name, payload) => void socket.emit(name, payload),
    on(name, answer) {
      socket.on(name, (...args: unknown[]) => {
        const last = args.at(-1);
        const acknowledge = typeof last === "function" ? (reply: unknown) => void last(reply) : () => {};
        const payload = typeof args[0] === "function" ? undefined : args[0];
        answer(payload).then(acknowledge, (error: unknown) => {
          const failure = asFailure(error);
          acknowledge({ success: false, error: failure.message, code: failure.code });
          if (face.failed) socket.emit(...face.failed(failure, payload));
        });
      });
    },
  };
}
