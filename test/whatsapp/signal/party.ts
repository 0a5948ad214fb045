import type { DeviceCipherType, StoredSessions } from "../../../src/whatsapp/signal/session-cipher.ts";
import { decryptFromDevice, encryptForDevice, startSession } from "../../../src/whatsapp/signal/session-cipher.ts";
import { type CurvePair, generateCurvePair, typedPublicKey } from "../../../src/whatsapp/signal/x25519.ts";
import { signXeddsa } from "../../../src/whatsapp/signal/xeddsa.ts";
import type { LocalKeys, PreKeyBundle } from "../../../src/whatsapp/signal/x3dh.ts";

export interface Message {
  type: DeviceCipherType;
  ciphertext: Buffer;
}

/** One device in conversation with one other. */
export class Party {
  sessions: StoredSessions = null;
  readonly preKeys = new Map<number, CurvePair>();
  readonly local: LocalKeys;
  readonly #signature: Buffer;
  #nextPreKey = 1;

  constructor() {
    const [identity, signed] = [generateCurvePair(), generateCurvePair()];
    this.#signature = signXeddsa(identity.private, typedPublicKey(signed.public));
    const preKey = (id: number) => this.preKeys.get(id) ?? null;
    this.local = { identity, registrationId: 7, preKey, signedPreKey: (id) => (id === 1 ? signed : null) };
  }

  bundle(): PreKeyBundle {
    const [id, pair] = [this.#nextPreKey++, generateCurvePair()];
    this.preKeys.set(id, pair);
    const { identity, registrationId } = this.local;
    const signedPreKey = { id: 1, key: this.local.signedPreKey(1)!.public, signature: this.#signature };
    return { identity: identity.public, registrationId, signedPreKey, preKey: { id, key: pair.public } };
  }

  begin(bundle: PreKeyBundle): this {
    this.sessions = startSession(this.sessions, this.local, bundle);
    return this;
  }

  say(text: string): Message {
    const { sessions, ...message } = encryptForDevice(this.sessions, this.local, Buffer.from(text));
    this.sessions = sessions;
    return message;
  }

  hear({ type, ciphertext }: Message): string {
    const { plaintext, sessions, spentPreKey } = decryptFromDevice(this.sessions, this.local, type, ciphertext);
    this.sessions = sessions;
    if (spentPreKey !== null) this.preKeys.delete(spentPreKey);
    return plaintext.toString();
  }
}

/** Two devices, the first of which began a session that the second has answered. */
export function acquainted(): { ann: Party; bob: Party } {
  const [ann, bob] = [new Party(), new Party()];
  ann.begin(bob.bundle());
  bob.hear(ann.say("hello"));
  ann.hear(bob.say("hello yourself"));
  return { ann, bob };
}

/** One exchange: the ratchet turns on both sides. */
export function exchange({ ann, bob }: { ann: Party; bob: Party }): void {
  bob.hear(ann.say("question"));
  ann.hear(bob.say("answer"));
}
