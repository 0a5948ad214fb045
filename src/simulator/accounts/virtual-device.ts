import type { KeyPair } from "../crypto/curve.ts";
import { GroupKeys } from "./group-keys.ts";
import type { Random } from "../base/random.ts";
import { type Bundle, DeviceKeys } from "../signal/bundle.ts";
import { Sessions } from "../signal/session.ts";
import { type SimulatedDevice, DeviceBase } from "./device.ts";
import type { User } from "./user.ts";

/** A device the simulator plays: it holds its private keys and a Signal session with every device it talks to. */
export class VirtualDevice extends DeviceBase {
  readonly kind = "virtual";
  readonly keys: DeviceKeys;
  readonly random: Random;
  /** How often it asked for a message again, by id. */
  readonly retries = new Map<string, number>();
  /** A companion's signed device identity (ADV); a phone has none. */
  deviceIdentity: Buffer | undefined;
  /** What whoever asks for its keys is told instead. */
  keyError: "404" | "406" | undefined;
  readonly groupKeys: GroupKeys;
  readonly #sessions = new Map<SimulatedDevice, Sessions>();

  constructor(user: User, id: number, random: Random, identity?: KeyPair) {
    super(user, id);
    this.random = random;
    this.groupKeys = new GroupKeys(random);
    this.keys = new DeviceKeys(random, identity);
  }

  takeBundle(): Bundle {
    return this.keys.takeBundle();
  }

  /** Sessions with nobody in particular, to forge a first message. */
  freshSessions(): Sessions {
    return new Sessions(this.keys, this.random);
  }

  /** Loses every session, as a phone does that was set up anew. */
  forgetSessions(): void {
    this.#sessions.clear();
    this.groupKeys.forget();
  }

  sessions(other: SimulatedDevice): Sessions {
    const known = this.#sessions.get(other);
    if (known) return known;
    const sessions = new Sessions(this.keys, this.random);
    this.#sessions.set(other, sessions);
    return sessions;
  }
}
