import type { Contact, Phone, Simulator } from "../../src/simulator/index.ts";
import type { Player } from "./player.ts";

/** Where a story plays: a simulator, the phone the client is linked to, somebody to talk to. */
export interface Stage {
  readonly sim: Simulator;
  readonly phone: Phone;
  readonly ann: Contact;
  readonly player: Player;
  /** Another client of the same make, not connected yet. */
  readonly another: () => Promise<Player>;
}

export interface Story {
  readonly name: string;
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

/** Links a client by QR and waits until it is there with its keys. */
export async function link(player: Player, phone: Phone): Promise<void> {
  await player.do("connect");
  const { code } = await player.hears("qr");
  await phone.scan(String(code));
  await player.hears("open");
}
