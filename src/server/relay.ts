import { Turns } from "../core/base/turns.ts";
import type { Server, Socket } from "socket.io";
import type { Phrase, SocketFace } from "../api/visitor.ts";
import type { Workspace } from "../core/app.ts";
import { need } from "../core/access/scope.ts";
import type { Clock } from "../core/base/clock.ts";
import type { BotEvent } from "../core/model/events/events.ts";
import { asFailure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";

interface Parts {
  faces: readonly SocketFace[];
  clock: Clock;
  log: Log;
}

/** One client listening to one device in one face. */
interface Subscription {
  readonly room: string;
  readonly socket: Socket;
  readonly face: SocketFace;
  readonly workspace: Workspace;
  readonly device: string;
  /** Up to where a replay went, so that nothing of it comes again live. */
  replayed: number;
}

interface Tail {
  stop: () => void;
  /** One thing after the other: clients hear events in their order, and a replay before what comes live. */
  readonly turns: Turns;
}

/** How long nobody must listen before a face hears that a device is deserted, milliseconds. */
const desertedMs = 60_000;
const replayPage = 200;
/** A client that has so many packets, or bytes, to read yet is sent no more of a replay. */
const mostWaiting = 1_000;
const mostBuffered = 2 ** 20;
/** How long it is left alone then, milliseconds. */
const fullMs = 50;
/** Devices that one client is told do not exist. */
const mostNamed = 20;

/**
 * Passes events on to rooms: one for each device in each face, and for each view, what callers of the same tenant, scopes
 * and devices see alike. One tail a view, from its first client until its last.
 */
export class Relay {
  /** By view. */
  readonly #tails = new Map<string, Tail>();
  /** By room, then socket id. */
  readonly #seats = new Map<string, Map<string, Subscription>>();
  /** By place. */
  readonly #graces = new Map<string, () => void>();
  /** Clients whose `after` was looked at. */
  readonly #asked = new WeakSet<Socket>();

  readonly #io: Server;
  readonly #parts: Parts;

  constructor(io: Server, parts: Parts) {
    this.#io = io;
    this.#parts = parts;
  }

  /** Throws `not_found`, `forbidden`. Resolves when the client has heard how things stand and what it missed. */
  async join(socket: Socket, face: SocketFace, workspace: Workspace, id: string): Promise<void> {
    need(workspace.principal, "read");
    if (!face.absent) workspace.device(id);
    const seat: Subscription = { room: roomOf(face, workspace, id), socket, face, workspace, device: id, replayed: 0 };
    this.#graces.get(placeOf(seat))?.();
    const seats = this.#seats.get(seat.room) ?? new Map<string, Subscription>();
    this.#seats.set(seat.room, seats.set(socket.id, seat));
    this.#refuseUnknown(seat);
    const after = this.#afterOf(seat);
    // Most of what was missed is told outside the order: a million events of one client hold up nobody.
    if (after !== null) seat.replayed = after;
    const told = await this.#present(seat);
    const isCaughtUp = after === null || (await this.#replay(seat, (page) => page.length < replayPage));
    await this.#inOrder(workspace, async () => {
      // It may have left while it waited for its turn.
      if (seats.get(socket.id) !== seat) return;
      if (this.#standing(seat) !== told) await this.#present(seat);
      if (after !== null && isCaughtUp) await this.#replay(seat, (page) => page.length === 0);
      await socket.join(seat.room);
    });
  }

  /** Tells how things stand now. Resolves to the phase that was told, null of a device that does not exist. */
  async #present(seat: Subscription): Promise<string | null> {
    const { socket, face } = seat;
    const { clock } = this.#parts;
    const status = deviceOf(seat)?.status();
    tell(socket, status ? await face.present(status, clock) : (face.absent?.(clock) ?? []));
    return status?.phase ?? null;
  }

  #standing(seat: Subscription): string | null {
    return deviceOf(seat)?.status().phase ?? null;
  }

  leave(socket: Socket, face: SocketFace, workspace: Workspace, id: string): void {
    const seat = this.#seats.get(roomOf(face, workspace, id))?.get(socket.id);
    if (seat) this.#vacate(seat);
  }

  /** The client is gone. */
  forget(socket: Socket): void {
    for (const seats of this.#seats.values()) {
      const seat = seats.get(socket.id);
      if (seat) this.#vacate(seat);
    }
  }

  stop(): void {
    for (const tail of this.#tails.values()) tail.stop();
    for (const cancel of this.#graces.values()) cancel();
  }

  #vacate(seat: Subscription): void {
    const { room, socket, face, workspace, device } = seat;
    Promise.resolve(socket.leave(room)).catch((error: unknown) => this.#note(error));
    const seats = this.#seats.get(room);
    seats?.delete(socket.id);
    if (seats?.size !== 0) return;
    this.#seats.delete(room);
    this.#endTail(viewOf(workspace));
    const place = placeOf(seat);
    if (!face.deserted || this.#isSeated((other) => placeOf(other) === place)) return;
    const cancel = this.#parts.clock.after(desertedMs, () => {
      this.#graces.delete(place);
      face.deserted?.(workspace, device).catch((error: unknown) => this.#note(error));
    });
    this.#graces.set(place, () => {
      cancel();
      this.#graces.delete(place);
    });
  }

  /** Nobody of this view listens any more. */
  #endTail(view: string): void {
    if (this.#isSeated((seat) => viewOf(seat.workspace) === view)) return;
    this.#tails.get(view)?.stop();
    this.#tails.delete(view);
  }

  /** Those of one room are alike. */
  #isSeated(matches: (seat: Subscription) => boolean): boolean {
    return [...this.#seats.values()].some((seats) => [...seats.values()].slice(0, 1).some(matches));
  }

  /** Runs `task` after everything that the clients of this view are being told already. */
  #inOrder(workspace: Workspace, task: () => Promise<void>): Promise<void> {
    let tail = this.#tails.get(viewOf(workspace));
    if (!tail) {
      const hear = (event: BotEvent) => void this.#inOrder(workspace, () => this.#pass(workspace, event));
      tail = { stop: workspace.listen(hear), turns: new Turns() };
      this.#tails.set(viewOf(workspace), tail);
    }
    const done = tail.turns.take(task);
    done.catch((error: unknown) => this.#note(error));
    return done;
  }

  async #pass(workspace: Workspace, event: BotEvent): Promise<void> {
    if (event.device === null) return;
    for (const face of this.#parts.faces) {
      const room = roomOf(face, workspace, event.device);
      const seats = this.#seats.get(room);
      if (!seats) continue;
      const phrases = await face.phrases(event, workspace.device(event.device), this.#parts.clock);
      const heard = [...seats.values()].filter(({ replayed }) => event.seq !== null && event.seq <= replayed);
      for (const [name, payload] of phrases)
        this.#io
          .to(room)
          .except(heard.map(({ socket }) => socket.id))
          .emit(name, payload);
    }
  }

  /**
   * Tells the messages after `seat.replayed`, page by page, until `isLast` says so of one. False when the events are no
   * longer kept or the client left.
   */
  async #replay(seat: Subscription, isLast: (page: readonly BotEvent[]) => boolean): Promise<boolean> {
    const { socket, face, workspace, device } = seat;
    try {
      while (socket.connected) {
        const page = await workspace.device(device).events(seat.replayed, replayPage);
        for (const event of page) {
          seat.replayed = event.seq ?? seat.replayed;
          // How the device stands was told already; what became of it meanwhile is past.
          if (!event.type.startsWith("message.")) continue;
          tell(socket, await face.phrases(event, workspace.device(device), this.#parts.clock));
        }
        if (isLast(page)) return true;
        await this.#drained(socket);
      }
    } catch (error) {
      const { message, code } = asFailure(error);
      seat.replayed = 0; // a seq of another log holds back nothing that comes
      socket.emit("replay:failed", { device, error: message, code });
    }
    return false;
  }

  /** Waits until a client that reads slowly has taken most of what it was sent. */
  async #drained(socket: Socket): Promise<void> {
    do {
      await new Promise<void>((go) => void this.#parts.clock.after(isFull(socket) ? fullMs : 0, go));
    } while (socket.connected && isFull(socket));
  }

  /** The `seq` that the client named in `auth: { after: { <device>: <seq> } }`; null when it named none that is one. */
  #afterOf({ socket, device }: Subscription): number | null {
    const seq: unknown = afterIn(socket)[device];
    if (seq === undefined) return null;
    if ((typeof seq === "number" || typeof seq === "string") && /^\d{1,15}$/.test(String(seq))) return Number(seq);
    this.#refuse(socket, device, `"after.${device}" takes the last seq that was seen, a whole number from 0 on.`);
    return null;
  }

  /** Names the devices in `after` that are none of the caller's, once a socket. */
  #refuseUnknown({ socket, workspace }: Subscription): void {
    if (this.#asked.has(socket)) return;
    this.#asked.add(socket);
    const { after } = socket.handshake.auth;
    if (after !== undefined && (typeof after !== "object" || after === null || Array.isArray(after)))
      return this.#refuse(socket, null, '"after" takes an object: the last seq that was seen, by device.');
    const known = new Set(workspace.devices().map(({ id }) => id));
    for (const id of Object.keys(afterIn(socket)).slice(0, mostNamed))
      if (!known.has(id))
        this.#refuse(socket, id, `"after" names the device ${id.slice(0, 64)}, which does not exist.`);
  }

  #refuse(socket: Socket, device: string | null, error: string): void {
    socket.emit("replay:failed", { device, error, code: "invalid" });
  }

  #note(error: unknown): void {
    const failure = asFailure(error);
    // A device that was removed meanwhile has nothing to tell any more.
    if (failure.code !== "not_found") this.#parts.log.warn({ err: failure.cause ?? failure }, "event not relayed");
  }
}

/** One device in one face, whoever listens. */
const placeOf = ({ face, workspace, device }: Pick<Subscription, "face" | "workspace" | "device">) =>
  `${face.name}:${workspace.tenant}/${device}`;

/** Callers of one view may see and hear the same. */
const viewOf = ({ principal: { tenant, scopes, devices } }: Workspace) =>
  `${tenant} ${scopes.toSorted().join("+")} ${devices?.toSorted().join(",") ?? "*"}`;

const roomOf = (face: SocketFace, workspace: Workspace, device: string) =>
  `${placeOf({ face, workspace, device })} ${viewOf(workspace)}`;

function tell(socket: Socket, phrases: readonly Phrase[]): void {
  for (const [name, payload] of phrases) socket.emit(name, payload);
}

const deviceOf = ({ workspace, device }: Subscription) => workspace.devices().find(({ id }) => id === device);

function afterIn({ handshake }: Socket): Record<string, unknown> {
  const after: unknown = handshake.auth["after"];
  return typeof after === "object" && after !== null && !Array.isArray(after) ? { ...after } : {};
}

/** Whether much of what a client was sent still waits here. */
function isFull({ conn }: Socket): boolean {
  const { transport, writeBuffer } = conn as unknown as {
    transport?: { socket?: { getBufferedAmount?: () => number } };
    writeBuffer?: unknown[];
  };
  return (writeBuffer?.length ?? 0) > mostWaiting || (transport?.socket?.getBufferedAmount?.() ?? 0) > mostBuffered;
}
