import type { Device } from "../core/device/device.ts";
import type { Workspace } from "../core/app.ts";
import type { DeviceStatus } from "../core/model/device-status.ts";
import type { Clock } from "../core/base/clock.ts";
import type { BotEvent } from "../core/model/events/events.ts";
import type { Failure } from "../core/base/failure.ts";

/** What a client hears: the event's name on the wire and its payload. */
export type Phrase = readonly [name: string, payload: unknown];

/** A connected client, as a face sees it. It owns a Workspace, never the App. */
export interface Visitor {
  readonly workspace: Workspace;
  /**
   * From now on the client hears the device in this face's words: first how things stand, then what it missed
   * after the `seq` it named when it connected, then everything live. Throws `not_found`, `forbidden`.
   */
  join(device: string): Promise<void>;
  leave(device: string): void;
  /** Says something to this client alone. */
  say(...phrase: Phrase): void;
  /** Answers a request of the client. What it returns is the acknowledgement; what it throws is worded by `failed`. */
  on(name: string, answer: (payload: unknown) => Promise<unknown>): void;
}

/** One Socket.IO API that clients already speak: a phrasebook. It decides nothing. */
export interface SocketFace {
  readonly name: string;
  /** Called for every client; it may not speak this face at all. */
  welcome(visitor: Visitor): Promise<void>;
  /** What the audit calls the requests that change something, by name. */
  readonly acts?: Readonly<Record<string, string>>;
  /** How things stand, told to who joins. */
  present(status: DeviceStatus, clock: Clock): Promise<readonly Phrase[]>;
  /** The same where there is no such device yet: its clients hear of one that is made. Without it, joining is refused. */
  absent?(clock: Clock): readonly Phrase[];
  /** What its clients hear of an event. */
  phrases(event: BotEvent, device: Device, clock: Clock): Promise<readonly Phrase[]>;
  /** What a client hears of its request that failed, besides the acknowledgement. */
  failed?(failure: Failure, payload: unknown): Phrase;
  /** For a minute nobody has heard the device in this face any more. */
  deserted?(workspace: Workspace, device: string): Promise<void>;
}
