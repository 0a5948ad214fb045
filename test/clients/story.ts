import type { SimulatedContact, Phone, Simulator } from "../../src/simulator/index.ts";
import type { Player } from "./player.ts";

/** Where a story plays: a simulator, the phone the client is linked to, somebody to talk to. */
export interface Stage {
  readonly sim: Simulator;
  readonly phone: Phone;
  readonly ann: SimulatedContact;
  readonly player: Player;
  /** Another client of the same make, not connected yet. */
  readonly another: () => Promise<Player>;
}

export interface Story {
  readonly name: string;
  /** The one client that can play it; every client when left out. */
  readonly only?: "whatsmeow";
  /** Starts without being linked. */
  readonly unlinked?: true;
  /** Lines of the client's log that the story itself brings about, and why. */
  readonly expects?: readonly { readonly line: RegExp; readonly since: string }[];
  play(stage: Stage): Promise<void>;
}

/** A field of an answer, as text. */
export function field(answer: unknown, name: string): string {
  if (typeof answer !== "object" || answer === null) throw new Error(`${JSON.stringify(answer)} has no ${name}`);
  return String(new Map<string, unknown>(Object.entries(answer)).get(name));
}

/** Throws when two things differ, as JSON. */
export function same(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: found ${a}, expected ${b}`);
}

/** Links a client by QR and waits until it has all that a phone tells a new companion. */
export async function link(player: Player, { sim, phone }: Pick<Stage, "sim" | "phone">): Promise<void> {
  await player.do("connect");
  const { code } = await player.hears("qr");
  await phone.scan(String(code));
  await player.hears("open");
  await player.ready();
  await settled(sim);
}

/** Waits until the clients that are online have settled every stanza they were sent. */
export async function settled(sim: Simulator): Promise<void> {
  await sim
    .until(() => unsettled(sim).length === 0)
    .catch(() => {
      throw new Error(
        `not settled: ${unsettled(sim)
          .map(({ kind, id, type }) => `${kind} ${type} ${id}`)
          .join(", ")}`,
      );
    });
}

function unsettled(sim: Simulator) {
  const online = sim.phones.flatMap((phone) => phone.linkedDevices().filter((one) => one.online));
  return sim.record.unsettled().filter(({ device }) => online.some(({ jid }) => jid === device));
}
