import { Directory } from "../accounts/directory.ts";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import { EventHub } from "../base/events.ts";
import { Honesty } from "./honesty.ts";
import { CertificateAuthority } from "../noise/certificate.ts";
import type { SimulatorOptions } from "../base/options.ts";
import { SimulatorClock } from "../base/clock.ts";
import { Problems } from "../base/problems.ts";
import { Random } from "../base/random.ts";
import { QueueRecord } from "../queue/record.ts";
import type { Handshake } from "../noise/responder.ts";
import type { DeviceConnection } from "./connection.ts";
import { TlsAuthority } from "../tls/authority.ts";
import type { Stanza } from "../wire/stanza.ts";

/** What the server does with a connection; the folder `server/` knows how. */
export interface Protocol {
  /** The handshake is over. */
  admit(connection: DeviceConnection, handshake: Handshake): void;
  dispatch(connection: DeviceConnection, stanza: Stanza): void;
  /** The connection is over. */
  disconnected(connection: DeviceConnection): void;
}

/**
 * Everything the simulated WhatsApp knows, shared by the code that answers clients and the code that plays people. What
 * a folder above adds to it (groups, media, faults, …) is declared there, by `declare module`, and put in by `World`.
 */
export class Network {
  readonly options: SimulatorOptions;
  readonly random: Random;
  readonly authority: CertificateAuthority;
  readonly directory: Directory;
  readonly clock = new SimulatorClock();
  readonly events = new EventHub();
  readonly problems = new Problems(this.events);
  readonly honesty = new Honesty(this.problems);
  readonly record = new QueueRecord();
  protocol!: Protocol;
  /** The phone that is meant when nobody is named; throws when there is not exactly one. */
  onlyPhone: () => User = () => {
    throw new Error("there is no phone");
  };
  /** The connection each linked device is logged in on. */
  readonly online = new Map<LinkedDevice, DeviceConnection>();

  #lastConnection = 0;
  #lastId = 1_000_000_000;

  constructor(options: SimulatorOptions) {
    this.options = options;
    this.random = new Random(options.seed);
    this.authority = new CertificateAuthority(this.random.fork("certificates"));
    this.directory = new Directory(this.random);
  }

  #tls: TlsAuthority | undefined;

  /** Certificates for https and wss; made on first use, since keys cost time. */
  get tls(): TlsAuthority {
    this.#tls ??= new TlsAuthority();
    return this.#tls;
  }

  /** Sees every stanza, when set; for debugging and traces. */
  tracer: ((direction: "in" | "out", connection: number, stanza: Stanza) => void) | undefined;

  /** Queues a stanza for a linked device. Every stanza but pairing's and answers goes this way, so faults can meddle here. */
  deliver(device: LinkedDevice, stanza: Stanza): void {
    device.mailbox.put(stanza);
  }

  /** Whether an account has moved to LIDs; undefined where the server takes either name. */
  isMigrated(user: User): boolean | undefined {
    const { accounts } = this.options;
    return user.migrated ?? (accounts === "unknown" ? undefined : accounts === "migrated");
  }

  /** Connections are numbered from 1, in the order they came. */
  newConnectionNumber(): number {
    return ++this.#lastConnection;
  }

  /** An id for a stanza of the server's own. */
  newId(): string {
    return String(++this.#lastId);
  }

  /** Unix seconds, as stanzas tell time. */
  get now(): string {
    return String(Math.floor(this.clock.now / 1000));
  }
}
