import type { Socket } from "socket.io";
import type { SocketFace, Visitor } from "../api/visitor.ts";
import type { Audited } from "./acts.ts";
import type { Workspace } from "../core/app.ts";
import { asFailure } from "../core/base/failure.ts";
import type { Relay } from "./relay.ts";

interface Parts {
  relay: Relay;
  audit: Audited;
}

/** One client as one face sees it. */
export function visitorOf(socket: Socket, face: SocketFace, workspace: Workspace, { relay, audit }: Parts): Visitor {
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
        const act = face.acts?.[name];
        const done = async (reply: unknown): Promise<void> => {
          const { principal, tenant } = workspace;
          if (act !== undefined) await audit(principal, act, tenant, subjectOf(payload));
          acknowledge(reply);
        };
        answer(payload)
          .then(done)
          .catch((error: unknown) => {
            const failure = asFailure(error);
            const { principal, tenant } = workspace;
            if (act !== undefined) audit(principal, `${act}.refused`, tenant, null).catch(() => {});
            acknowledge({ success: false, error: failure.message, code: failure.code });
            if (face.failed) socket.emit(...face.failed(failure, payload));
          });
      });
    },
  };
}

/** The device that an event is about; what is no id of a device is nobody's business. */
function subjectOf(payload: unknown): string | null {
  const key: unknown = typeof payload === "object" && payload !== null && "key" in payload ? payload.key : null;
  return typeof key === "string" && /^[\w-]{1,64}$/.test(key) ? key : null;
}
