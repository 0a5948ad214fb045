import { Directory } from "./accounts/directory.ts";
import type { LinkedDevice } from "./accounts/linked-device.ts";
import type { User } from "./accounts/user.ts";
import { EventHub } from "./events.ts";
import { Groups } from "./groups/groups.ts";
import { Honesty } from "./honesty.ts";
import { Pairings } from "./linking/pairings.ts";
import { CertificateAuthority } from "./noise/certificate.ts";
import type { SimulatorOptions } from "./options.ts";
import { Inboxes } from "./people/inboxes.ts";
import { PeerMessages } from "./people/peers.ts";
import type { Said } from "./people/post.ts";
import { Problems } from "./problems.ts";
import { Random } from "./random.ts";
import { DeliveryRecord } from "./record.ts";
import type { Connection } from "./server/connection.ts";
import type { Stanza } from "./wire/stanza.ts";

/** Everything the simulated WhatsApp knows, shared by the code that answers clients and the code that plays people. */
export class Network {
  readonly options: SimulatorOptions;
  readonly random: Random;
  readonly authority: CertificateAuthority;
  readonly directory: Directory;
  readonly events = new EventHub();
  readonly problems = new Problems(this.events);
  readonly honesty = new Honesty(this.problems);
  readonly record = new DeliveryRecord();
  readonly pairings: Pairings;
  readonly inboxes: Inboxes;
  readonly peers = new PeerMessages();
  /** What simulated people said, by id, to say it again when a client could not read it. */
  readonly sent = new Map<string, Said>();
  readonly groups: Groups;
  /** The phone that is meant when nobody is named; throws when there is not exactly one. */
  onlyPhone: () => User = () => {
    throw new Error("there is no phone");
  };
  /** The connection each linked device is logged in on. */
  readonly online = new Map<LinkedDevice, Connection>();

  #lastId = 1_000_000_000;

  constructor(options: SimulatorOptions) {
    this.options = options;
    this.random = new Random(options.seed);
    this.authority = new CertificateAuthority(this.random.fork("certificates"));
    this.directory = new Directory(this.random);
    this.pairings = new Pairings(this);
    this.groups = new Groups(this);
    this.inboxes = new Inboxes(this);
  }

  /** Sees every stanza, when set; for debugging and traces. */
  tracer: ((direction: "in" | "out", connection: number, stanza: Stanza) => void) | undefined;

  /** Queues a stanza for a linked device. Every stanza but pairing's and answers goes this way, so faults can meddle here. */
  deliver(device: LinkedDevice, stanza: Stanza): void {
    device.mailbox.put(stanza);
  }

  /** An id for a stanza of the server's own. */
  newId(): string {
    return String(++this.#lastId);
  }

  /** Unix seconds, as stanzas tell time. */
  get now(): string {
    return String(Math.floor(Date.now() / 1000));
  }
}
