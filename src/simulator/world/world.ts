import { ChannelChat } from "../channels/chat.ts";
import type { EventOf, SimulatorEvent } from "../base/events.ts";
import type { Faults } from "../faults/faults.ts";
import { Line } from "../faults/line.ts";
import { GroupChat } from "../groups/chat.ts";
import type { LinkingDemands } from "../linking/demands.ts";
import type { MediaServer } from "../media/media-server.ts";
import type { Network } from "../network/network.ts";
import type { Assumptions, SimulatorOptions } from "../base/options.ts";
import { SimulatedContact } from "../people/contact.ts";
import type { SimulatedPerson } from "../people/person.ts";
import { Phone } from "../people/phone.ts";
import type { QueueRecord } from "../queue/record.ts";
import { RawStanzas } from "./raw.ts";
import { Listener } from "../server/listener.ts";
import { assemble } from "./assemble.ts";
import type { Addressing } from "../wire/address.ts";

export interface GroupOptions {
  /** Who creates the group. */
  readonly by?: SimulatedPerson;
  /** How members are named in it; by LID when left out, as in groups of today. */
  readonly addressing?: Addressing;
}

export interface ChannelOptions {
  readonly by: SimulatedPerson;
  readonly followers?: readonly SimulatedPerson[];
  readonly description?: string;
}

/** A WhatsApp server with its phones and contacts, on a port of this machine. */
export class World {
  readonly network: Network;
  readonly #listener: Listener;
  readonly #phones = new Map<string, Phone>();
  readonly #hostname: string;
  #secure: Listener | undefined;
  /** Ways out of the stalls that were asked for over the control API. */
  readonly stalls: (() => void)[] = [];
  readonly #lines: Line[] = [];
  readonly #contacts = new Map<string, SimulatedContact>();

  constructor(options: SimulatorOptions) {
    this.network = assemble(options);
    this.#hostname = options.hostname;
    this.network.onlyPhone = () => this.#onlyPhone();
    this.#listener = new Listener(this.network, { hostname: options.hostname, port: options.port });
  }

  /** The address clients connect to: `ws://127.0.0.1:PORT/ws/chat`. */
  get url(): string {
    return this.#listener.url;
  }

  /** The same server over TLS, `wss://127.0.0.1:PORT/ws/chat`; opened on first use. */
  get secureUrl(): string {
    const names = { dns: ["localhost", "web.whatsapp.com"], ip: ["127.0.0.1"] };
    const address = { hostname: this.#hostname, port: 0 };
    this.#secure ??= new Listener(this.network, address, this.network.tls.serve(names));
    return this.#secure.url;
  }

  /** The certificate, as PEM, that clients must trust for `secureUrl` and for media. */
  get certificate(): string {
    return this.network.tls.certificate;
  }

  /** The server of encrypted files. */
  get media(): MediaServer {
    return this.network.media;
  }

  /** The public key of the certificate root that clients must trust, 64 hexadecimal digits. */
  get rootKey(): string {
    return this.network.authority.root.public.toString("hex");
  }

  /** The phone with this number; made on first use. Throws when it is no phone number. */
  phone(number: string, { name }: { name?: string } = {}): Phone {
    const user = this.network.directory.enrol(number, name);
    const known = this.#phones.get(user.number);
    if (known) return known;
    const phone = new Phone(this.network, user);
    this.#phones.set(user.number, phone);
    return phone;
  }

  /** The contact with this number; made on first use. */
  contact(number: string, { name }: { name?: string } = {}): SimulatedContact {
    const user = this.network.directory.enrol(number, name);
    const known = this.#contacts.get(user.number);
    if (known) return known;
    const contact = new SimulatedContact(this.network, user);
    this.#contacts.set(user.number, contact);
    return contact;
  }

  /** A new group of these people; the first of them creates it unless `by` names another. */
  group(subject: string, members: SimulatedPerson[], { by = members[0], addressing }: GroupOptions = {}): GroupChat {
    if (!by) throw new Error("a group needs a member");
    const users = members.map((member) => member.user);
    return new GroupChat(this.network, this.network.groups.create(by.user, subject, users, addressing));
  }

  /** A new channel of `by`, with those who follow it. */
  channel(name: string, { by, followers = [], description = "" }: ChannelOptions): ChannelChat {
    const channel = this.network.channels.create(by.user, name, description);
    for (const { user } of followers) this.network.channels.follow(channel, user);
    return new ChannelChat(this.network, channel);
  }

  /** The channel with this id, by whomever it was made. */
  findChannel(id: string): ChannelChat | undefined {
    const channel = this.network.channels.get(id);
    return channel && new ChannelChat(this.network, channel);
  }

  /** The group with this id, by whomever it was made. */
  findGroup(id: string): GroupChat | undefined {
    const group = this.network.groups.get(id);
    return group && new GroupChat(this.network, group);
  }

  get groups(): GroupChat[] {
    return this.network.groups.all.map((group) => new GroupChat(this.network, group));
  }

  /** Phones made so far. */
  get phones(): Phone[] {
    return [...this.#phones.values()];
  }

  get contacts(): SimulatedContact[] {
    return [...this.#contacts.values()];
  }

  /** What was delivered to linked devices and what they settled. */
  get record(): QueueRecord {
    return this.network.record;
  }

  /** Everything that can go wrong on demand. */
  get faults(): Faults {
    return this.network.faults;
  }

  /** What the server may demand instead of linking. */
  get linking(): LinkingDemands {
    return this.network.demands;
  }

  /** A TCP line to this simulator that can be made bad below the WebSocket; give its `url` to the client. */
  async line(): Promise<Line> {
    const line = await Line.open(this.url);
    this.#lines.push(line);
    return line;
  }

  /** Stanzas of the test's own making, and a look at what passes. */
  get raw(): RawStanzas {
    return new RawStanzas(this.network);
  }

  /** Changes an assumption about the real server while running. */
  assume(options: Partial<Assumptions & Pick<SimulatorOptions, "largestBatch">>): void {
    Object.assign(this.network.options, options);
  }

  /** What clients did that the real server would not stand, as sentences. */
  get problems(): readonly string[] {
    return this.network.problems.all;
  }

  /** Forgets the problems found so far, for a test that provoked them, and returns them. */
  takeProblems(): string[] {
    return this.network.problems.take();
  }

  /**
   * Waits until every device that is online has settled all it was sent, pings too. What it leaves unsettled for
   * `timeoutMs` is a problem; so end a test with this and `assertNoProblems`.
   */
  async settles(timeoutMs = 5_000): Promise<void> {
    const open = () => [...this.network.online.keys()].filter(({ mailbox }) => mailbox.size > 0);
    try {
      await this.until(() => open().length === 0 && this.faults.openPings.length === 0, { timeoutMs });
    } catch {
      for (const { mailbox } of open()) mailbox.tellUnsettled();
      for (const ping of this.faults.openPings) ping.complain();
    }
  }

  /** Puts the simulator's own clock forward; what falls due meanwhile happens before this returns. */
  advance(ms: number): void {
    this.network.clock.advance(ms);
  }

  /** Throws when a client did anything wrong. */
  assertNoProblems(): void {
    const { problems } = this;
    if (problems.length > 0) throw new Error(`${problems.length} problems:\n${problems.join("\n")}`);
  }

  /** Calls `listener` with every event; returns the function that ends that. */
  on(listener: (event: SimulatorEvent) => void): () => void {
    return this.network.events.listen(listener);
  }

  /**
   * Resolves at the next event of a type, or as soon as a condition holds, which is looked at now and after each event.
   * Rejects after `timeoutMs` (10 seconds when left out).
   */
  until<T extends SimulatorEvent["type"]>(type: T, options?: { timeoutMs?: number }): Promise<EventOf<T>>;
  until(condition: () => boolean, options?: { timeoutMs?: number }): Promise<void>;
  async until(what: string | (() => boolean), { timeoutMs = 10_000 } = {}): Promise<SimulatorEvent | void> {
    const { events } = this.network;
    if (typeof what === "string") {
      return events.wait((event) => (event?.type === what ? event : undefined), `the event ${what}`, timeoutMs);
    }
    await events.wait(() => what() || undefined, "a condition to hold", timeoutMs);
  }

  /** Closes every connection and the port. */
  async stop(): Promise<void> {
    for (const line of this.#lines) await line.close();
    await this.network.media.stop();
    await this.#secure?.stop();
    await this.#listener.stop();
  }

  #onlyPhone() {
    const [phone, ...more] = this.#phones.values();
    if (!phone || more.length > 0) throw new Error(`say whom to write to: there are ${this.#phones.size} phones`);
    return phone.user;
  }
}
