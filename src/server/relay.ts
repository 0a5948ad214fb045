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
interface Seat {
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
  last: Promise<void>;
}

/** How long nobody must listen before a face hears that a device is deserted, milliseconds. */
const desertedMs = 60_000;
const replayPage = 200;

/** Passes events on to the rooms `<face>:<tenant>/<device>`: one tail a tenant, from its first client on. */
export class Relay {
  readonly #tails = new Map<string, Tail>();
  /** By room, then socket id. */
  readonly #seats = new Map<string, Map<string, Seat>>();
  readonly #graces = new Map<string, () => void>();

  constructor(
    private readonly io: Server,
    private readonly parts: Parts,
  ) {}

  /** Throws `not_found`, `forbidden`. Resolves when the client has heard how things stand and what it missed. */
  async join(socket: Socket, face: SocketFace, workspace: Workspace, id: string): Promise<void> {
    need(workspace.principal, "read");
    if (!face.absent) workspace.device(id);
    const seat: Seat = { room: roomOf(face, workspace, id), socket, face, workspace, device: id, replayed: 0 };
    this.#graces.get(seat.room)?.();
    const seats = this.#seats.get(seat.room) ?? new Map<string, Seat>();
    this.#seats.set(seat.room, seats.set(socket.id, seat));
    await this.#inOrder(workspace, async () => {
      await this.#present(seat);
      // It may have left while it waited for its turn.
      if (seats.get(socket.id) === seat) await socket.join(seat.room);
    });
  }

  /** How things stand now, and what the client missed. */
  async #present(seat: Seat): Promise<void> {
    const { socket, face, workspace } = seat;
    const device = workspace.devices().find(({ id }) => id === seat.device);
    const { clock } = this.parts;
    if (!device) return tell(socket, face.absent?.(clock) ?? []);
    tell(socket, await face.present(device.status(), clock));
    await this.#replay(seat);
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

  #vacate({ room, socket, face, workspace, device }: Seat): void {
    Promise.resolve(socket.leave(room)).catch((error: unknown) => this.#note(error));
    const seats = this.#seats.get(room);
    seats?.delete(socket.id);
    if (seats?.size !== 0) return;
    this.#seats.delete(room);
    if (!face.deserted) return;
    const cancel = this.parts.clock.after(desertedMs, () => {
      this.#graces.delete(room);
      face.deserted?.(workspace, device).catch((error: unknown) => this.#note(error));
    });
    this.#graces.set(room, () => {
      cancel();
      this.#graces.delete(room);
    });
  }

  /** Runs `task` after everything that the tenant's clients are being told already. */
  #inOrder(workspace: Workspace, task: () => Promise<void>): Promise<void> {
    let tail = this.#tails.get(workspace.tenant);
    if (!tail) {
      const hear = (event: BotEvent) => void this.#inOrder(workspace, () => this.#pass(workspace, event));
      tail = { stop: workspace.listen(hear), last: Promise.resolve() };
      this.#tails.set(workspace.tenant, tail);
    }
    const done = tail.last.then(task);
    tail.last = done.catch((error: unknown) => this.#note(error));
    return done;
  }

  async #pass(workspace: Workspace, event: BotEvent): Promise<void> {
    if (event.device === null) return;
    for (const face of this.parts.faces) {
      const room = roomOf(face, workspace, event.device);
      const seats = this.#seats.get(room);
      if (!seats) continue;
      const phrases = await face.phrases(event, workspace.device(event.device), this.parts.clock);
      const heard = [...seats.values()].filter(({ replayed }) => event.seq !== null && event.seq <= replayed);
      for (const [name, payload] of phrases)
        this.io
          .to(room)
          .except(heard.map(({ socket }) => socket.id))
          .emit(name, payload);
    }
  }

  /** What the client missed: the messages after the `seq` it named in `auth: { after: { <device>: <seq> } }`. */
  async #replay(seat: Seat): Promise<void> {
    const { socket, face, workspace, device } = seat;
    let after = afterOf(socket, device);
    if (after === null) return;
    try {
      for (;;) {
        const page = await workspace.device(device).events(after, replayPage);
        for (const event of page) {
          seat.replayed = after = event.seq ?? after;
          // How the device stands was told already; what became of it meanwhile is past.
          if (!event.type.startsWith("message.")) continue;
          tell(socket, await face.phrases(event, workspace.device(device), this.parts.clock));
        }
        if (page.length < replayPage) return;
      }
    } catch (error) {
      const { message, code } = asFailure(error);
      socket.emit("replay:failed", { device, error: message, code });
    }
  }

  #note(error: unknown): void {
    const failure = asFailure(error);
    // A device that was removed meanwhile has nothing to tell any more.
    if (failure.code !== "not_found") this.parts.log.warn({ err: failure.cause ?? failure }, "event not relayed");
  }
}

const roomOf = (face: SocketFace, workspace: Workspace, device: string) => `${face.name}:${workspace.tenant}/${device}`;

function tell(socket: Socket, phrases: readonly Phrase[]): void {
  for (const [name, payload] of phrases) socket.emit(name, payload);
}

function afterOf({ handshake }: Socket, device: string): number | null {
  const after: unknown = handshake.auth["after"];
  if (typeof after !== "object" || after === null) return null;
  const seq: unknown = Object.entries(after).find(([id]) => id === device)?.[1];
  return typeof seq === "number" && Number.isInteger(seq) && seq >= 0 ? seq : null;
}
