import type { BinaryNode } from "@whiskeysockets/baileys";
import type { UnknownCounter } from "../../core/ports/unknowns.ts";
import type { Traces } from "../../core/trace/traces.ts";
import { unpadded } from "../codec/unpadded.ts";
import { shapeOfMessage } from "../codec/fields/field-shapes.ts";
import type { Identity } from "../session/identity.ts";
import { UnknownDetector } from "./unknown-detector.ts";

export interface ObserverPorts {
  readonly unknowns: UnknownCounter;
  readonly traces: Traces;
  readonly identity: Identity;
}

/** Sees everything that comes, for counts of the unknown and for traces. What it meets cannot make it throw. */
export class Observer {
  readonly #ports: ObserverPorts;
  readonly #detector: UnknownDetector;

  constructor(ports: ObserverPorts) {
    this.#ports = ports;
    this.#detector = new UnknownDetector(ports.unknowns);
  }

  /** A frame; those of the handshake are bytes, and are nothing to see. */
  stanza(node: BinaryNode): void {
    if (typeof node.tag !== "string") return;
    harmless(() => {
      this.#detector.stanza(node);
      const { traces, identity } = this.#ports;
      if (!traces.has(identity.device)) return;
      const { id, lid } = identity.me;
      traces.stanza(identity.device, node, [id, lid ?? ""]);
    });
  }

  /** What was decrypted, with its padding. */
  message({ attrs }: BinaryNode, plaintext: Uint8Array): void {
    harmless(() => {
      const wire = unpadded(plaintext);
      this.#detector.message(wire);
      const { traces, identity } = this.#ports;
      if (traces.has(identity.device)) traces.message(identity.device, attrs["id"] ?? "", shapeOfMessage(wire));
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
