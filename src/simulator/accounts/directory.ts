import { createHash } from "node:crypto";
import type { Random } from "../base/random.ts";
import { parseAddress } from "../wire/address.ts";
import type { SimulatedDevice } from "./device.ts";
import type { LinkedDevice } from "./linked-device.ts";
import { User } from "./user.ts";

/** All accounts of the simulated WhatsApp, found by phone number or LID. */
export class Directory {
  readonly #random: Random;
  readonly #byNumber = new Map<string, User>();
  readonly #byLid = new Map<string, User>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The account of a number, made when there is none. Throws for what is no phone number with country code. */
  enrol(number: string, name?: string): User {
    if (!/^[1-9]\d{6,14}$/.test(number)) {
      throw new Error(`"${number}" is no phone number: digits only, with country code, such as 6281234567890`);
    }
    const known = this.#byNumber.get(number);
    if (known) {
      if (name !== undefined) known.name = name;
      return known;
    }
    const user = new User(number, lidFor(number), name ?? number, this.#random.fork(number));
    this.#byNumber.set(number, user);
    this.#byLid.set(user.lidNumber, user);
    return user;
  }

  /** The account gets another LID; messages to the old one still reach it. */
  renewLid(user: User): void {
    user.lidNumber = lidFor(`${user.number} ${user.lidNumber}`);
    this.#byLid.set(user.lidNumber, user);
  }

  /** Numbers of another form that reach an account too, as old ones do in some countries. */
  readonly otherForms = new Map<string, User>();

  /** The account a JID belongs to, by number or LID. */
  user(jid: string | undefined): User | undefined {
    const address = parseAddress(jid);
    if (!address) return undefined;
    if (address.server === "lid" || address.server === "hosted.lid") return this.#byLid.get(address.user);
    const isNumber = address.server === "s.whatsapp.net" || address.server === "hosted";
    return isNumber ? this.#byNumber.get(address.user) : undefined;
  }

  /** The account that goes by a username; nobody when it wants a pin and gets another, or none. */
  called(username: string, pin?: string): User | undefined {
    const user = this.users.find((one) => one.username === username);
    return user?.usernamePin === undefined || user.usernamePin === pin ? user : undefined;
  }

  device(jid: string | undefined): SimulatedDevice | undefined {
    return this.user(jid)?.device(parseAddress(jid)?.device ?? 0);
  }

  get users(): User[] {
    return [...this.#byNumber.values()];
  }

  get linkedDevices(): LinkedDevice[] {
    return this.users.flatMap((user) => user.linked);
  }
}

/** A LID of fifteen digits that follows from the number, so that it is the same in every run. */
function lidFor(number: string): string {
  const hash = createHash("sha256").update(`lid ${number}`).digest();
  return String(100_000_000_000_000 + hash.readUIntBE(0, 6));
}
