import { type BinaryNode, WAMessageAddressingMode, type WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { ContactChange } from "../../core/ports/contacts.ts";
import type { History } from "../../core/ports/history.ts";
import type { Log } from "../../core/base/log.ts";
import type { Messages } from "../../core/ports/messages.ts";
import type { SeenNames } from "../../core/model/person.ts";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import { PostAnswers, channelPostNode } from "../account/channels/posting.ts";
import { composed } from "./composer.ts";
import type { GroupCache } from "../account/groups.ts";
import type { AuthState } from "../session/auth-state.ts";
import type { Identity } from "../session/identity.ts";
import { OwnKeys, preKeyBatch } from "../session/own-keys.ts";
import type { SenderKeyStore } from "../session/sender-key-store.ts";
import type { SignalStore } from "../session/signal-store.ts";
import { bare, isChannel, isGroup, isLid, isPerson, phoneOf } from "../wire/jid.ts";
import type { AppStateMutation } from "../wire/dial.ts";
import { ServerQueries } from "../wire/server-queries.ts";
import { sendFailure } from "../wire/send-failure.ts";
import type { FileServers } from "../media/servers.ts";
import { type Files, handleOf, Uploads } from "../media/upload.ts";
import { AccountAddressing } from "./addressing.ts";
import { type ErrandPorts, heedErrand, heedingHistory, heedMutation } from "./errands.ts";
import { DeviceLists } from "./device-lists.ts";
import { PrivacyTokens } from "./privacy-tokens.ts";
import { MessageRelay } from "./message-relay.ts";
import type { NameBudget } from "./name-budget.ts";
import type { Resends } from "./resends.ts";
import { SecondAttempts } from "./second-attempts.ts";
import { DeviceSessions } from "./device-sessions.ts";

export interface DispatchOptions {
  clock: Clock;
  files: Files;
  history: History;
  log: Log;
  messages: Messages;
  servers: FileServers;
}

export interface DispatchPorts {
  socket: () => WASocket;
  auth: () => AuthState;
  identity: Identity;
  groups: GroupCache;
  signal: SignalStore;
  senderKeys: SenderKeyStore;
  resends: Resends;
  budget: NameBudget;
  /** The phone told of people. */
  readonly met: (contacts: ContactChange[]) => void;
  /** Takes word of who is who. */
  seen(names: readonly SeenNames[]): void;
}

/** What leaves through a connection, and WhatsApp's answer to it. */
export class MessageDispatch {
  readonly addressing: AccountAddressing;
  readonly lists: DeviceLists;
  readonly tokens: PrivacyTokens;
  readonly ownKeys: OwnKeys;
  /** Of this connection: they wait for each other while WhatsApp is asked too much. */
  readonly queries: ServerQueries;
  readonly #uploads: Uploads;
  readonly #posts = new PostAnswers();
  readonly #sessions: DeviceSessions;
  readonly #relay: MessageRelay;
  readonly #seconds: SecondAttempts;

  readonly #options: DispatchOptions;
  readonly #ports: DispatchPorts;

  constructor(options: DispatchOptions, ports: DispatchPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#uploads = new Uploads(options.servers, options.files);
    const { clock, log } = options;
    const { socket, auth, identity, signal, groups } = ports;
    const { device } = identity;
    const queries = (this.queries = new ServerQueries(socket, clock));
    const other = (jid: string) => this.addressing.otherNameOf(jid);
    const { learn } = this;
    this.lists = new DeviceLists({ queries, clock, learn, other });
    const lookUp = (jids: readonly string[]) => this.lists.lookUp(jids);
    const now = () => clock.monotonic();
    const isListed = (jid: string) => this.lists.isListed(jid);
    const isAlso = (number: string, named: string) =>
      ports.seen([
        {
          phone: phoneOf(named),
          lid: isLid(named) ? bare(named) : null,
          alsoPhones: [phoneOf(number) ?? ""],
          source: "lookup",
        },
      ]);
    this.addressing = new AccountAddressing({ auth, identity, lookUp, isListed, isAlso, now });
    const upload = () => socket().uploadPreKeys(preKeyBatch);
    this.ownKeys = new OwnKeys({ device, auth, queries, upload, clock, log });
    this.#sessions = new DeviceSessions({ device, queries, signal, lists: this.lists, log });
    const isOwn = (jid: string) => this.#relay.isOwn(jid);
    this.tokens = new PrivacyTokens({ auth, socket, clock, queries, addressing: this.addressing, isOwn });
    const { addressing, lists, tokens } = this;
    const sessions = this.#sessions;
    this.#relay = new MessageRelay({ ...ports, device, queries, addressing, lists, sessions, tokens, clock, log });
    const askLock = () =>
      void socket()
        .fetchAccountReachoutTimelock()
        .catch(() => {}); // unanswered, the governor waits
    const relay = this.#relay;
    const { budget } = ports;
    const find = this.#find;
    this.#seconds = new SecondAttempts({ addressing, lists, groups, relay, tokens, clock, budget, find, askLock });
  }

  /** By which names WhatsApp has whom a chat is with; see `Connection.namesOf`. */
  async namesOf(chat: string): Promise<readonly string[]> {
    try {
      const name = await this.addressing.nameOf(chat);
      const other = isPerson(bare(name)) ? await this.addressing.otherNameOf(name) : null;
      return other === null ? [name] : [name, other];
    } catch (error) {
      throw sendFailure(error);
    }
  }

  async compose(message: OutgoingMessage): Promise<Uint8Array> {
    const { history, clock, files } = this.#options;
    const { device, me } = this.#ports.identity;
    const thumbnail = async (id: string) => (await files.record(id))?.thumbnail ?? null;
    const upload = () => this.#uploads.of(message, this.#ports.socket(), clock.now());
    const nameIn = (chat: string, person: string) => this.#nameIn(chat, person);
    const alias = async (person: string) => {
      const found = await this.#ports.identity.alias(bare(person));
      return found && bare(found);
    };
    // A number that nobody has stays as it was written, and so does one of which WhatsApp says nothing just now.
    const accountOf = async (person: string) => {
      const accounts = await this.addressing.accountsOf([person]).catch(() => null);
      return accounts?.get(bare(person)) ?? person;
    };
    const isAnnouncements = async (chat: string) =>
      isGroup(chat) && (await this.#ports.groups.known(chat)).isCommunityAnnounce === true;
    const chatName = (chat: string) => this.addressing.nameOf(chat);
    try {
      return await composed(message, {
        history,
        clock,
        device,
        me,
        nameIn,
        accountOf,
        alias,
        isAnnouncements,
        chatName,
        upload,
        thumbnail,
      });
    } catch (error) {
      throw sendFailure(error);
    }
  }

  async send(message: OutgoingMessage, wire: Uint8Array, remembered: Promise<void>): Promise<void> {
    try {
      if (isChannel(message.chat)) await remembered.then(() => this.#post(message, wire));
      else await this.#relay.send(message, wire, null, remembered);
    } catch (error) {
      throw sendFailure(error);
    }
  }

  /** What the ack of a message means; null when another will tell. */
  async answered(ack: BinaryNode): Promise<SignalOf<"ack"> | null> {
    const answer = this.#posts.answer(ack);
    if (answer.error === "429") this.queries.tooMuch();
    return isChannel(ack.attrs.from) ? answer : this.#seconds.answered(answer, ack);
  }

  /** WhatsApp said whether the account may start new chats. Resolves when messages leave by the names that follow from it. */
  locked(isLocked: boolean): Promise<void> {
    return this.#seconds.locked(isLocked);
  }

  /** A contact gave a token. Resolves to the person; null when the stanza holds none. */
  async tokenGiven(stanza: BinaryNode): Promise<string | null> {
    const person = await this.tokens.given(stanza);
    if (person !== null) await this.#seconds.given(person);
    return person;
  }

  /** A device could not read a message of ours. Resolves when that was seen to. */
  async askedAgain(receipt: BinaryNode): Promise<void> {
    const { groups, signal, resends } = this.#ports;
    const { addressing } = this;
    const sessions = this.#sessions;
    const relay = this.#relay;
    const find = this.#find;
    await resends.asked(receipt, { addressing, groups, signal, sessions, relay, find });
  }

  /** What the own phone told. */
  async errand(plaintext: Uint8Array): Promise<void> {
    await heedErrand(plaintext, this.#errandPorts);
  }

  /** What the account's devices share changed. */
  mutation(mutation: AppStateMutation): void {
    heedMutation(mutation, this.tokens);
  }

  /** The bytes of a history file on their way to Baileys. */
  history(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    return heedingHistory(bytes, this.#errandPorts);
  }

  get #errandPorts(): ErrandPorts {
    const { met } = this.#ports;
    const seen = (names: readonly SeenNames[]): void => this.#ports.seen(names);
    return { addressing: this.addressing, tokens: this.tokens, learn: this.learn, met, seen };
  }

  /** Two names of one person. */
  readonly learn = async (lid: string, pn: string): Promise<void> => {
    if ((await this.addressing.otherNameOf(pn)) === bare(lid)) return;
    this.lists.renamed();
    const { lidMapping } = this.#ports.socket().signalRepository;
    await lidMapping.storeLIDPNMappings([{ lid: bare(lid), pn: bare(pn) }]);
  };

  readonly #find = (waId: string) => this.#options.messages.byWaId(this.#ports.identity.device, waId);

  async #post(message: OutgoingMessage, wire: Uint8Array): Promise<void> {
    const stanza = channelPostNode(message, wire, await handleOf(message, this.#options.files));
    await this.queries.turn();
    this.#posts.leaving(message.waId, stanza.attrs.id ?? "");
    await this.#ports.socket().sendNode(stanza);
  }

  /** A person's JID as a chat's members know it. */
  async #nameIn(chat: string, person: string): Promise<string> {
    const group = isGroup(chat) ? await this.#ports.groups.known(chat) : undefined;
    const byLid = group
      ? group.addressingMode === WAMessageAddressingMode.LID
      : isLid(await this.addressing.nameOf(chat));
    const jid = bare(person);
    if (isLid(jid) === byLid) return jid;
    const member = group?.participants.find(({ id, phoneNumber, lid }) => [id, phoneNumber, lid].includes(jid));
    return bare(member?.id ?? (await this.#ports.identity.alias(jid)) ?? jid);
  }
}
