import { type BinaryNode, unpadRandomMax16 } from "@whiskeysockets/baileys";
import type { Sightings } from "../../core/ports/sightings.ts";
import type { Taps } from "../../core/trace/taps.ts";
import { shapeOfMessage } from "../codec/fields/field-shapes.ts";
import type { Identity } from "../session/identity.ts";
import { Census } from "./census.ts";

export interface ObserverPorts {
  readonly sightings: Sightings;
  readonly taps: Taps;
  readonly identity: Identity;
}

/** Sees everything that comes, for counts of the unknown and for traces. What it meets cannot make it throw. */
export class Observer {
  readonly #ports: ObserverPorts;
  readonly #census: Census;

  constructor(ports: ObserverPorts) {
    this.#ports = ports;
    this.#census = new Census(ports.sightings);
  }

  /** A frame; those of the handshake are bytes, and are nothing to see. */
  stanza(node: BinaryNode): void {
    if (typeof node.tag !== "string") return;
    harmless(() => {
      this.#census.stanza(node);
      const { taps, identity } = this.#ports;
      if (!taps.has(identity.device)) return;
      const { id, lid } = identity.me;
      taps.stanza(identity.device, node, [id, lid ?? ""]);
    });
  }

  /** What was decrypted, with its padding. */
  message({ attrs }: BinaryNode, plaintext: Uint8Array): void {
    harmless(() => {
      const wire = unpadRandomMax16(plaintext);
      this.#census.message(wire);
      const { taps, identity } = this.#ports;
      if (taps.has(identity.device)) taps.message(identity.device, attrs["id"] ?? "", shapeOfMessage(wire));
    });
  }
}

/** Looking on is no reason to lose a message. */
function harmless(look: () => void): void {
  try {
    look();
  } catch {
    // A stanza that cannot be looked at is still worked on.
  }
}
