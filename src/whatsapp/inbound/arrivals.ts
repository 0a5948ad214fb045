import { areJidsSameUser, type BinaryNode, type proto } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { Hear, Signal, WithVault } from "../../core/ports/connector.ts";
import type { History } from "../../core/ports/history.ts";
import type { Log } from "../../core/base/log.ts";
import type { Vault } from "../../core/ports/vault.ts";
import type { AuthState } from "../session/auth-state.ts";
import { AdditionStore } from "../session/addition-store.ts";
import { type AdminPorts, withAdmins } from "./admin-deletions.ts";
import { fromMembers, type MemberPorts } from "./group-receipts.ts";
import { Additions } from "./additions.ts";
import type { Identity } from "../session/identity.ts";
import {
  broadcastListOf,
  EmptyMessageError,
  envelope,
  type Me,
  type ReceivedMessage,
  incoming,
} from "../codec/incoming.ts";
import type { Blobs } from "../media/blobs.ts";
import type { StanzaAnswers } from "./answers.ts";
import { writeStanza } from "../codec/written.ts";
import type { HistoryNotices } from "./history-notices.ts";
import { Intake } from "./intake.ts";
import { UnprovenDevice } from "../session/own-device.ts";
import { type Decrypted, Journal } from "../session/journal.ts";
import type { Observer } from "./observer.ts";
import { PhoneErrands } from "./phone-errands.ts";
import { UnavailableMessages } from "./unavailable-messages.ts";
import type { UndecryptableCause } from "../../core/model/message/undecryptable.ts";
import { causeOfError, envelopeOf, faultOf } from "./untold.ts";
import type { Envelope } from "../../core/model/message/message.ts";

export interface ArrivalPorts {
  hear: Hear;
  groups: AdminPorts["groups"] & MemberPorts["groups"];
  auth: () => AuthState;
  vault: () => Vault;
  identity: Identity;
  history: Pick<History, "find" | "wire">;
  clock: Clock;
  log: Log;
  observer: Observer;
  /** What the own phone tells its companions; which of it concerns whom is theirs to see. */
  errand(plaintext: Uint8Array): void;
  answers: () => StanzaAnswers;
  blobs: Blobs;
  notices: HistoryNotices;
  /** Asks the phone for something. */
  ask: (request: proto.Message.IPeerDataOperationRequestMessage) => void;
  /** Gives Baileys a stanza once more. */
  again: (stanza: BinaryNode) => void;
  /** The disk refused: nothing may be acknowledged any more. */
  broken: (error: unknown) => void;
}

/** What comes in through a connection, from the plaintext in the journal to whoever hears of it. */
export class Arrivals {
  readonly journal: Journal;
  readonly unavailable = new UnavailableMessages();
  readonly #intake: Intake;
  readonly #errands: PhoneErrands;
  #reported = Promise.resolve();
  #over = false;

  readonly #ports: ArrivalPorts;

  constructor(ports: ArrivalPorts) {
    this.#ports = ports;
    const { auth, identity, history, hear, broken } = ports;
    this.journal = new Journal(auth, {
      met: (stanza) => ports.answers().told(stanza),
      decrypted: (message) => this.#decrypted(message),
      undecryptable: (stanza, error) => {
        if (error instanceof UnprovenDevice) ports.answers().unproven(stanza);
        this.report([unread(envelope(stanza, identity.me), causeOfError(error))]);
      },
      broken,
    });
    this.#errands = new PhoneErrands({
      ...ports,
      forget: (hash, news) => this.report(news ? [{ type: "news", news }] : [], [hash]),
      again: ({ stanza, ...entry }) => ports.again(this.journal.revive({ ...entry, stanza: writeStanza(stanza) })),
    });
    const alias = (jid: string) => identity.alias(jid);
    const store = new AdditionStore(auth);
    const additions = new Additions({ history, store, alias, reader: () => identity.reader });
    this.#intake = new Intake({
      hear: async (signals, told) => {
        if (signals.length === 0) return auth().settle(told);
        const believed = await fromMembers(signals, { ...ports, alias });
        const known = await withAdmins(believed, { ...ports, alias });
        const before = store.writes;
        const { signals: opened, done } = await additions.open(known);
        // What is kept of an addition is written with what is told of it.
        const all = store.writes > before;
        const withVault: WithVault = (write) => auth().commitWith(told, write, all);
        await hear(opened, told.length > 0 ? withVault : undefined);
        for (const { id, wires } of done) await store.settle(id, wires);
      },
      fail: broken,
      instead: (signal, error) => this.#instead(signal, error),
    });
  }

  /** Resolves when the signals are on disk. `hashes`: of the messages that are told by them. */
  add(signals: readonly Signal[], hashes: readonly string[] = []): Promise<void> {
    return this.#intake.add(signals, hashes);
  }

  /** `hashes`: of the messages that are told by it. */
  report(signals: readonly Signal[], hashes: readonly string[] = []): void {
    if (this.#over) return;
    // A refusal is heard through `broken`.
    this.#reported = this.#intake.add(signals, hashes).catch(() => {});
  }

  /** Resolves when all that was reported so far is on disk, or never will be. */
  get reported(): Promise<void> {
    return this.#reported;
  }

  /** A message that is about to be acknowledged though nothing was told of it. */
  async untold(stanza: BinaryNode): Promise<void> {
    const { log, identity } = this.#ports;
    const fault = faultOf(stanza);
    log.warn({ device: identity.device, fault }, "a message could not be read");
    await this.add([unread(envelopeOf(stanza, identity.me), fault)]);
  }

  /** What was decrypted before and never logged, oldest first. Returns what only Baileys can work on. */
  async replay(): Promise<BinaryNode[]> {
    const peerMessages: BinaryNode[] = [];
    for (const entry of await this.#ports.vault().pending()) {
      const stanza = this.journal.revive(entry);
      const isErrand = this.#decrypted({ stanza, plaintext: entry.plaintext, hash: entry.hash });
      if (isErrand) peerMessages.push(stanza);
    }
    await this.#intake.drained();
    return peerMessages;
  }

  /** From here on nothing is reported. */
  end(): void {
    this.#over = true;
    this.#errands.end();
  }

  /** Resolves when all that was reported is on disk or has failed. */
  drained(): Promise<void> {
    return this.#intake.drained();
  }

  /** Reports a decrypted message. True of an errand, which Baileys works on and nobody hears of. */
  #decrypted({ stanza, plaintext, hash }: Decrypted): boolean {
    const { me, reader } = this.#ports.identity;
    this.#ports.observer.message(stanza, plaintext);
    const heard = this.#read(stanza, () => incoming(envelope(stanza, me), plaintext, reader, broadcastListOf(stanza)));
    // What the own phone tells its companions is an errand, known here or not.
    const isErrand = stanza.attrs.category === "peer" && isOwn(stanza.attrs.from, me) && !saysSomething(heard);
    if (heard && !isErrand) {
      this.report([heard], [hash]);
      return false;
    }
    const resent = readable(() => this.unavailable.resentIn(stanza, plaintext, reader)) ?? [];
    if (resent.length === 0 && stanza.attrs.category === "peer") {
      if (isOwn(stanza.attrs.from, me)) this.#ports.errand(plaintext);
      this.#owe({ stanza, plaintext, hash });
      return true;
    }
    this.report(resent, [hash]);
    return false;
  }

  #owe(errand: Decrypted): void {
    const { auth, broken } = this.#ports;
    auth().flush().catch(broken); // into the journal, where it stays for now
    this.#errands.came(errand);
  }

  /** What opens and makes no sense is told too: Baileys asks for it again and acknowledges it. */
  #read(stanza: BinaryNode, read: () => ReceivedMessage | null): Signal | null {
    try {
      const heard = read();
      return heard && { type: "message", ...heard };
    } catch (error) {
      const cause = error instanceof EmptyMessageError ? "empty" : "malformed";
      return readable(() => unread(envelope(stanza, this.#ports.identity.me), cause));
    }
  }

  /** A signal that the log refuses for what it says: a fault of ours, which shall cost one message its words and no more. */
  #instead(signal: Signal, error: unknown): Signal | null {
    const { log, identity } = this.#ports;
    log.error({ device: identity.device, signal: signal.type, error: String(error) }, "what came could not be written");
    if (signal.type !== "message") return null;
    const { content: _, context: __, ...message } = signal.message;
    return unread(message, "malformed");
  }
}

/** A message with words, where it came as an errand; what cannot be read or is not known is none. */
const saysSomething = (signal: Signal | null): boolean =>
  signal?.type === "message" && signal.message.content.kind !== "unsupported";

function isOwn(from: string | undefined, { id, lid }: Me): boolean {
  return from !== undefined && [id, lid].some((own) => own !== null && areJidsSameUser(own, from));
}

const unread = (message: Envelope, cause: UndecryptableCause): Signal => ({
  type: "undecryptable",
  message,
  reason: "failed",
  cause,
});

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
