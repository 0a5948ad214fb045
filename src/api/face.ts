import { type AnyElysia, Elysia } from "elysia";
import type { Administration } from "../core/access/administration.ts";
import type { Workspace } from "../core/app.ts";
import type { Clock } from "../core/base/clock.ts";
import type { Failure } from "../core/base/failure.ts";
import type { LogTail } from "../core/base/log-tail.ts";
import type { AlertMonitor } from "../core/alerts/monitor.ts";
import type { FigureLog } from "../core/metrics/figure-log.ts";
import type { MediaLinks } from "../core/media/media-link.ts";
import type { PasskeyLinks } from "../core/device/passkey-link.ts";
import type { QrLinks } from "../core/device/qr-link.ts";
import type { Plugins } from "../core/ports/plugins.ts";
import type { Settings } from "../core/ports/settings.ts";
import type { Table } from "./table/row.ts";
import type { BotEvent } from "../core/model/events/events.ts";
import type { KeyPlaces } from "./credentials.ts";
import type { Wording } from "./failures.ts";
import type { SocketFace } from "./visitor.ts";

/**
 * One wire API that clients already speak, as data: where its key stands, where it lives, how strict it is, its routes, and
 * how it words failures and events. It decides nothing.
 */
export interface Face {
  readonly name: string;
  /** Where its clients put their key. */
  readonly keys: KeyPlaces;
  /** The paths it owns, each with everything below it. The longest match wins. */
  readonly prefixes: readonly string[];
  /** Nobody but the admin gets in, and everybody else hears so before anything else. */
  readonly adminOnly?: boolean;
  /** What the gate asks of a call before it reads the body. A route that is not in it does not exist. */
  readonly table: Table;
  /** It follows somebody else's API: fields that it does not know are left out instead of refused. */
  readonly lenient?: true;
  readonly word: (failure: Failure) => Wording;
  readonly routes: (tools: Tools) => AnyElysia;
  /** What its Socket.IO clients hear and ask for, made once for each server. Absent of a face without sockets. */
  readonly sockets?: () => SocketFace;
  /** The body of an event at a webhook that speaks this face. */
  readonly event?: (event: BotEvent) => object;
}

/** What a face may use besides the caller's workspace. */
export interface Tools {
  readonly clock: Clock;
  readonly links: QrLinks;
  readonly passkeyLinks: PasskeyLinks;
  readonly mediaLinks: MediaLinks;
  /** Where others reach this server, when the operator says so. */
  readonly publicUrl?: string | null;
  readonly version: string;
  /** The path that all of this is reached below, `/bot`; empty at the root. */
  readonly basePath: string;
  /** The last lines of the log. */
  readonly logs: LogTail;
  /** Milliseconds the event loop was late since the last call. */
  readonly lag: () => { mean: number; worst: number };
  /** What was done in each minute and hour. Absent where nobody keeps count. */
  readonly figures?: FigureLog;
  /** What goes wrong, and who is told of it. Absent where nobody watches. */
  readonly alerts?: AlertMonitor;
  /** Absent where nothing can be changed. */
  readonly settings?: Settings;
  /** Absent where no plugin host runs. */
  readonly plugins?: Plugins;
}

/** What the caller of a request may use. */
export interface Caller {
  readonly workspace: Workspace;
  /** Throws `forbidden` for anybody but the admin. */
  readonly administer: () => Administration;
}

const admitted = new WeakMap<Request, Caller>();

/** The gate leaves here who the caller of a request is. */
export const setCaller = (request: Request, caller: Caller) => void admitted.set(request, caller);

/** Routes under `prefix` whose handlers get what the caller may use. Nobody reaches them but through the gate. */
export function routes<const Prefix extends string>(prefix: Prefix, tag: string) {
  return new Elysia({ prefix, detail: { tags: [tag] } }).derive(({ request }) => {
    const caller = admitted.get(request);
    if (!caller) throw new Error("a request came past the gate");
    return { ...caller };
  });
}

/** The face that owns `path`, if any. */
export function faceOf(faces: readonly Face[], path: string): Face | undefined {
  let best: Face | undefined;
  let length = 0;
  for (const face of faces)
    for (const prefix of face.prefixes)
      if (prefix.length > length && (path === prefix || path.startsWith(`${prefix}/`)))
        [best, length] = [face, prefix.length];
  return best;
}
