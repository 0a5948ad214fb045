import {
  type BinaryNode,
  type ConnectionState,
  DEFAULT_CONNECTION_CONFIG,
  getBinaryNodeChild,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { Connection, ConnectOptions, Hear, Signal } from "../../core/ports/connector.ts";
import type { ChannelCalls } from "../../core/ports/channels.ts";
import type { ContactChange } from "../../core/ports/contacts.ts";
import type { ChatCalls } from "../../core/ports/chats.ts";
import type { CommunityCalls } from "../../core/ports/communities.ts";
import type { GroupCalls } from "../../core/ports/groups.ts";
import type { LabelCalls } from "../../core/ports/labels.ts";
import type { PeopleCalls } from "../../core/ports/people.ts";
import { day } from "../../core/base/durations.ts";
import { Turns } from "../../core/base/turns.ts";
import { Failure } from "../../core/base/failure.ts";
import type { SeenNames } from "../../core/model/person.ts";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import type { OfflineQueueFigures } from "../../core/model/offline-queue.ts";
import type { PasskeyCalls } from "../../core/model/passkey.ts";
import type { WebVersionFigures } from "../../core/model/web-version.ts";
import type { Hold } from "../../core/ports/hold.ts";
import type { Vault } from "../../core/ports/vault.ts";
import { listenForDirty, MissingState } from "../inbound/dirty.ts";
import { StanzaAnswers } from "../inbound/answers.ts";
import { AskedOfPhone } from "../inbound/asked-of-phone.ts";
import { Arrivals } from "../inbound/arrivals.ts";
import { AuthState } from "../session/auth-state.ts";
import { type Closing, closing } from "../wire/closing.ts";
import { communitiesOf } from "../account/communities.ts";
import type { ConnectionOptions, RetryCounters } from "./connector.ts";
import { CallTracker } from "../inbound/calls.ts";
import { channelsOf } from "../account/channels/index.ts";
import { chatCallsOn } from "../account/chats.ts";
import { agentFor, withoutExceptions } from "../wire/agent.ts";
import { browser, dial } from "../wire/dial.ts";
import { MessageDispatch } from "../outbound/dispatch.ts";
import { GroupCache, groupsOf } from "../account/groups.ts";
import { Identity } from "../session/identity.ts";
import { LabelAuthors, LabelIds, labelsOf } from "../account/labels.ts";
import { chatCap, timeLock } from "../inbound/limits.ts";
import { Linking } from "./linking.ts";
import { OlderHistory } from "../account/older-history.ts";
import { Blobs } from "../media/blobs.ts";
import { Renewals } from "../media/renewals.ts";
import { listenForNews } from "../inbound/account-events.ts";
import { listenForSending } from "../outbound/listen.ts";
import { listenForNotices } from "../inbound/notices/listen.ts";
import { MessageQueue } from "../inbound/message-queue.ts";
import { NameWatch } from "../inbound/name-watch.ts";
import { seenNames, withoutMixed } from "../codec/seen-names.ts";
import { Observer } from "../inbound/observer.ts";
import { OfflineQueue } from "../inbound/offline-queue.ts";
import { HistoryNotices } from "../inbound/history-notices.ts";
import { listenForHistorySync } from "../inbound/history-sync.ts";
import { type PeoplePorts, peopleOf } from "../account/people.ts";
import { receipts } from "../codec/receipts.ts";
import {
  answers as isAnswered,
  before,
  choosePresence,
  hangUp,
  hangUpAtTheEnd,
  holdBack,
  ignoreUnheard,
  onRefusedUpgrade,
  queue,
  serialise,
  requestUnlink,
} from "../wire/socket.ts";
import { FirstMinutes } from "./first-minutes.ts";
import { ConnectionWatchdog } from "./watchdog.ts";

/** One connection to WhatsApp, from dialling to its end; never used again after it. */
export class BaileysConnection implements Connection {
  readonly #identity: Identity;
  readonly #observer: Observer;
  readonly #arrivals: Arrivals;
  readonly #answers: StanzaAnswers;
  readonly #queue: OfflineQueue;
  readonly #blobs: Blobs;
  readonly #notices = new HistoryNotices((receipt) => void this.#sock?.sendNode(receipt).catch(() => {}));
  readonly #older: OlderHistory;
  readonly #dispatch: MessageDispatch;
  readonly #begun: Promise<void>;
  #vault: Vault | null = null;
  #auth: AuthState | null = null;
  #sock: WASocket | null = null;
  #linking: Linking | null = null;
  #watchdog: ConnectionWatchdog | null = null;
  #messages: MessageQueue | null = null;
  #missingState: MissingState | null = null;
  #isOnline = false;
  #over = false;
  #wasLinked = false;
  #finished: Promise<void> = Promise.resolve();
  #revision = 0;
  /** The account's name as it was reported last; undefined until the connection is open. */
  #toldName: string | null | undefined;
  readonly #groupCache = new GroupCache(() => this.#socket);
  readonly #calls = new CallTracker();
  readonly #renewals: Renewals;
  readonly #seen = (names: readonly SeenNames[]): void =>
    this.#report([{ type: "learned", contacts: [], history: [], names }]);
  readonly #names = new NameWatch({
    report: this.#seen,
    learn: (lid, phoneJid) => this.#dispatch.learn(lid, phoneJid),
  });
  readonly #told = new Turns();
  #cancelLookUp = () => {};
  readonly #labelIds = new LabelIds();
  readonly #labelAuthors = new LabelAuthors();
  readonly channels: ChannelCalls;
  readonly communities: CommunityCalls;
  readonly labels: LabelCalls;
  readonly groups: GroupCalls;
  readonly people: PeopleCalls;
  readonly chats: ChatCalls;

  readonly #options: ConnectionOptions;
  readonly #retryCounters: RetryCounters;
  readonly #hold: Hold;
  readonly #hear: Hear;
  /** Of an account that was linked a moment ago. */
  #first: FirstMinutes | null = null;
  readonly #connect: ConnectOptions;

  constructor(
    options: ConnectionOptions,
    retryCounters: RetryCounters,
    hold: Hold,
    hear: Hear,
    connect: ConnectOptions,
  ) {
    this.#options = options;
    this.#retryCounters = retryCounters;
    this.#hold = hold;
    this.#hear = hear;
    this.#connect = connect;
    const socket = () => this.#socket;
    this.#older = new OlderHistory(options.clock, (news) => this.#report([{ type: "news", news }]));
    const auth = () => this.#authState;
    const learned = () => this.#sock?.signalRepository.lidMapping;
    const identity = (this.#identity = new Identity(hold.device, () => auth().creds, learned));
    const broken = (error: unknown) => this.#broken(error);
    const observer = (this.#observer = new Observer({ ...options, identity }));
    const vault = () => this.#openVault;
    const blobs = (this.#blobs = new Blobs({ ...options, socket, stateFailed: () => this.#missingState?.failed() }));
    this.#arrivals = new Arrivals({
      ...options,
      identity,
      hear,
      auth,
      vault,
      broken,
      observer,
      errand: (plaintext) => void this.#dispatch.errand(plaintext).catch((error: unknown) => this.#unread(error)),
      answers: () => this.#answers,
      blobs,
      notices: this.#notices,
      ask: (request) => void this.#sock?.sendPeerDataOperationMessage(request).catch(() => {}),
      groups: this.#groupCache,
      again: (stanza) => void this.#sock?.ws.emit("CB:message", stanza),
    });
    this.#answers = new StanzaAnswers({ me: () => identity.me.id, untold: (stanza) => this.#arrivals.untold(stanza) });
    this.#queue = new OfflineQueue(options.clock, {
      ask: (count) => this.#askForMore(count),
      stalled: (figures) => options.log.warn({ device: hold.device, ...figures }, "the offline queue has stalled"),
    });
    const groups = this.#groupCache;
    const { signal, senderKeys } = this.#arrivals.journal;
    const own = { identity, signal, senderKeys, groups, met: this.#met, seen: this.#seen };
    const [resends, budget] = [options.resendsOf(hold.device), options.budgetOf(hold.device)];
    this.#dispatch = new MessageDispatch(options, { socket, auth, ...own, resends, budget });
    this.#renewals = new Renewals(options.clock);
    const accountsOf = (jids: readonly string[]) => this.#dispatch.addressing.accountsOf(jids);
    this.groups = groupsOf(socket, groups, accountsOf);
    this.communities = communitiesOf(socket, groups);
    const alias = (jid: string) => identity.alias(jid);
    const presences = options.presencesOf(hold.device);
    const nameOf = (jid: string) => this.#dispatch.addressing.nameOf(jid);
    this.labels = labelsOf(socket, this.#labelIds, nameOf);
    this.people = this.#peopleCalls({ socket, alias, presences, nameOf, accountsOf });
    this.chats = chatCallsOn(socket, presences, nameOf, this.#older, (id) => this.#calls.callerOf(id));
    this.channels = channelsOf({ socket, alias, reader: () => identity.reader });
    (this.#begun = this.#begin()).catch(broken);
  }

  #peopleCalls(ports: Pick<PeoplePorts, "socket" | "alias" | "presences" | "nameOf" | "accountsOf">): PeopleCalls {
    const { numbers, usernames } = this.#options;
    const { device } = this.#hold;
    return peopleOf({
      ...ports,
      check: (sock, phones) => numbers.check(device, sock, phones),
      lookUp: (sock, ref, known) => usernames.lookUp(device, sock, ref, known),
      account: () => this.#identity.account,
      seen: this.#seen,
    });
  }

  async namesOf(chat: string): Promise<readonly string[]> {
    await this.#begun;
    return this.#dispatch.namesOf(chat);
  }

  compose(message: OutgoingMessage): Promise<Uint8Array> {
    return this.#dispatch.compose(message);
  }

  async send(message: OutgoingMessage, wire: Uint8Array, remembered: Promise<void>): Promise<void> {
    await this.#begun;
    await this.#dispatch.send(message, wire, remembered);
  }

  async tidy(): Promise<void> {
    await this.#vault?.tidy();
  }

  async renew(remote: string): Promise<string> {
    await this.#begun;
    return this.#renewals.ask(this.#socket, this.#identity.me.id, remote);
  }

  async askLimits(): Promise<void> {
    await this.#begun;
    // Baileys emits the answer too, as when WhatsApp tells it unasked.
    await this.#sock?.fetchAccountReachoutTimelock();
  }

  async logout(): Promise<void> {
    await this.#begun.catch(() => {});
    const jid = this.#auth?.creds.me?.id;
    if (jid && this.#sock) await requestUnlink(this.#sock, jid).catch(() => {});
    await this.close();
  }

  close(): Promise<void> {
    return this.#finish();
  }

  async #begin(): Promise<void> {
    this.#vault = await this.#options.vaults.open(this.#hold);
    this.#auth = await AuthState.load(this.#vault, (error) => this.#broken(error));
    if (this.#over) return;
    const peerMessages = this.#auth.linked ? await this.#arrivals.replay() : [];
    if (this.#over) return; // what was replayed could not be written
    if (!this.#auth.linked) await this.#options.version.lookUp(this.#connect.way);
    const proxy = await this.#connect.way.open();
    if (this.#over) return;
    this.#sock = this.#dial(this.#auth, proxy);
    this.#listen(this.#sock, this.#auth, peerMessages);
  }

  #dial(auth: AuthState, proxy: string | null): WASocket {
    this.#first = this.#connect.isNew ? new FirstMinutes(this.#options.clock, this.#dispatch.queries) : null;
    const version = this.#options.version.current;
    const agent = agentFor(this.#options.authorities, proxy);
    this.#revision = version[2];
    const make = (work: () => WASocket) => (proxy === null ? work() : withoutExceptions(work));
    return make(() =>
      dial({
        version,
        auth: auth.asBaileys(),
        makeSignalRepository: this.#arrivals.journal.makeRepository,
        msgRetryCounterCache: this.#retryCounters,
        placeholderResendCache: new AskedOfPhone(),
        options: {
          blob: (notice, kind) =>
            kind === "md-msg-hist"
              ? this.#dispatch.history(this.#blobs.fetch(notice, "history"))
              : this.#blobs.fetch(notice, "app_state"),
        },
        outgoing: (node) => (this.#notices.holds(node) ? null : this.#outgoing(node)),
        processed: (node) => this.#messages?.done(node),
        mutation: (mutation) => {
          this.#labelAuthors.saw(mutation);
          this.#dispatch.mutation(mutation);
        },
        cachedGroupMetadata: (id) => this.#groupCache.known(id),
        // Whoever asks for a message again is answered by `Resends`; Baileys has no use for one.
        getMessage: async () => undefined,
        ...(this.#options.url ? { waWebSocketUrl: this.#options.url } : {}),
        ...(agent ? { agent } : {}),
      }),
    );
  }

  #outgoing(node: BinaryNode): BinaryNode | null | Promise<BinaryNode | null> {
    return this.#first && node.tag === "iq" ? this.#first.outgoing(node) : this.#answers.outgoing(node);
  }

  #listen(sock: WASocket, auth: AuthState, peerMessages: readonly BinaryNode[]): void {
    serialise(sock, (error) => this.#ended(closing(error)));
    this.#messages = this.#queued(sock);
    ignoreUnheard(sock);
    choosePresence(sock);
    sock.ws.on("CB:ib,,client_expiration", (node: BinaryNode) => {
      const { t } = getBinaryNodeChild(node, "client_expiration")?.attrs ?? {};
      this.#goOver(this.#options.version.expires(t, this.#connect.way));
    });
    onRefusedUpgrade(sock, (code) => this.#ended({ code, origin: "socket", detail: "upgrade refused" }));
    // Baileys does not wait for listeners; ours have written when they return.
    holdBack(sock, () => auth.unwritten);
    sock.ev.on("creds.update", () => {
      this.#orBroken(() => auth.saveCreds());
      this.#named();
    });
    sock.ev.on("connection.update", (update) => this.#updated(update, sock, peerMessages));
    sock.ws.on("frame", (node: BinaryNode) => {
      this.#watchdog?.heard();
      if (node.attrs === undefined) return; // bytes of the handshake
      this.#settle(sock, node);
      this.#names.saw(withoutMixed(seenNames(node), this.#identity.me));
      this.#arrivals.journal.observe(node);
      this.#observer.stanza(node);
    });
    listenForDirty(sock);
    this.#missingState = new MissingState(this.#options.clock, sock, () => this.#blobs.stateIsHere());
    sock.ws.on("CB:status", (node: BinaryNode) => sock.ws.emit("CB:message", node));
    sock.ws.removeAllListeners("CB:ib,,offline_preview"); // Baileys asks for a hundred, once
    hangUpAtTheEnd(sock, this.#options.clock);
    sock.ev.on("message-capping.update", (cap) => this.#report([chatCap(cap, this.#options.clock.now())]));
    sock.ws.on("CB:ack,class:message", (node: BinaryNode) => this.#inOrder(() => this.#dispatch.answered(node)));
    const report = (signals: readonly Signal[]) => this.#report(signals);
    listenForSending(sock, this.#dispatch, this.#inOrder, (error) => this.#unread(error));
    before(sock, "CB:receipt", (node) => {
      const signals = receipts(node, this.#identity.me);
      return signals.length > 0 ? this.#arrivals.add(signals) : null;
    });
    const { clock } = this.#options;
    const now = () => clock.now();
    const failed = (error: unknown) => this.#unread(error);
    const reader = () => this.#identity.reader;
    listenForNews(sock, { groups: this.#groupCache, authors: this.#labelAuthors }, now, report, failed);
    const older = (request: string | null | undefined) => this.#older.answered(request);
    const add = (signals: readonly Signal[], hashes?: readonly string[]) => this.#arrivals.add(signals, hashes);
    listenForHistorySync(sock, { reader, now, add, notices: this.#notices, failed, older });
    const alias = (jid: string) => this.#identity.alias(jid);
    this.#renewals.listen(sock);
    this.#labelIds.listen(sock);
    const groups = this.#groupCache;
    const calls = this.#calls;
    const { unavailable } = this.#arrivals;
    const answers = this.#answers;
    const { history } = this.#options;
    listenForNotices(sock, { add, alias, groups, calls, answers, history, unavailable, reader, now, failed });
    this.#wasLinked = auth.linked;
    if (auth.linked) return;
    this.#linking = this.#linkingOver(sock);
  }

  #linkingOver(sock: WASocket): Linking {
    const { clock, passkeys } = this.#options;
    const { pairWith } = this.#connect;
    return new Linking(
      sock,
      browser,
      clock,
      { pairWith, passkeys },
      {
        report: (signal) => this.#report([signal]),
        expired: () => this.#ended({ code: null, origin: "local", detail: "pairing_expired" }),
      },
    );
  }

  #queued(sock: WASocket): MessageQueue {
    const pass = queue(sock, (node) => messages.add(node));
    const messages = new MessageQueue({
      auth: () => this.#authState,
      me: () => this.#identity.me,
      open: (stanzas) => this.#arrivals.journal.openAll(stanzas),
      reported: () => this.#arrivals.reported,
      pass,
      answer: (receipt) => sock.sendNode(receipt),
      isOpen: () => !this.#over && sock.ws.isOpen,
      isOnline: () => this.#isOnline,
      // Then a message takes its chat out of the archive.
      isBusy: () => this.#authState.creds.accountSettings.unarchiveChats,
    });
    return messages;
  }

  /** Acks, and what WhatsApp says of the account because of them: the one that came first is told first. */
  readonly #inOrder = (work: () => Promise<Signal | null>): void => {
    const told = this.#told.take(async () => {
      const signal = await work();
      if (signal) this.#report([signal]);
    });
    told.catch((error: unknown) => this.#broken(error));
  };

  #unread(error: unknown): void {
    // What could not be answered any more comes again.
    if (this.#over) return;
    const name = error instanceof Error ? error.name : typeof error;
    this.#options.log.warn({ device: this.#hold.device, error: name }, "news could not be read");
  }

  /** Whatever it is, it is answered, and it may be one of those that wait to be asked for. */
  #settle(sock: WASocket, node: BinaryNode): void {
    const answer = this.#answers.heard(node);
    if (answer) sock.sendNode(answer).catch(() => {}); // closed: it comes again
    this.#queue.heard(node);
  }

  #askForMore(count: number): void {
    const batch = { tag: "offline_batch", attrs: { count: String(count) } };
    this.#sock?.sendNode({ tag: "ib", attrs: {}, content: [batch] }).catch(() => {});
  }

  get offlineQueue(): OfflineQueueFigures {
    return this.#queue.figures;
  }

  get version(): WebVersionFigures {
    return this.#options.version.figures;
  }

  get passkey(): PasskeyCalls | null {
    return this.#linking?.passkey ?? null;
  }

  get missingFiles(): number {
    return this.#blobs.missing;
  }

  #updated(update: Partial<ConnectionState>, sock: WASocket, peerMessages: readonly BinaryNode[]): void {
    this.#isOnline = update.isOnline ?? this.#isOnline;
    if (update.isNewLogin) {
      this.#linking?.stop();
      this.#options.presencesOf(this.#hold.device).forget();
      this.#report([{ type: "paired", ...this.#identity.account }]);
    }
    if (update.connection === "open") {
      this.#toldName = this.#identity.account.name;
      this.#lookUpDaily();
      this.#report([{ type: "open", ...this.#identity.account }]);
      this.#watchdog = new ConnectionWatchdog(this.#options.clock, {
        probe: () => isAnswered(sock),
        deaf: () => this.#ended({ code: 408, origin: "local", detail: "connected but deaf" }),
      });
      this.#options
        .presencesOf(this.#hold.device)
        .again(sock)
        .catch(() => {});
      for (const stanza of peerMessages) sock.ws.emit("CB:message", stanza);
      // What was made a moment ago is whole.
      if (this.#wasLinked && !this.#first) {
        this.#missingState?.ask();
        this.#checkKeys();
      }
    }
    if (update.reachoutTimeLock) {
      const signal = timeLock(update.reachoutTimeLock, this.#options.clock.now());
      this.#inOrder(async () => {
        await this.#dispatch.locked(signal.until !== null);
        return signal;
      });
    }
    if (update.connection === "close") {
      const why = closing(update.lastDisconnect?.error);
      this.#refused(why).catch(() => this.#ended(why));
    }
  }

  /** WhatsApp tells the account's name with its other settings, after the connection is open. */
  #named(): void {
    const { account } = this.#identity;
    if (this.#toldName === undefined || this.#toldName === account.name) return;
    this.#toldName = account.name;
    this.#options
      .presencesOf(this.#hold.device)
      .say(this.#socket)
      .catch(() => {});
    this.#report([{ type: "account", ...account }]);
  }

  readonly #met = (contacts: ContactChange[]): void => this.#report([{ type: "learned", contacts, history: [] }]);

  #report(signals: readonly Signal[]): void {
    this.#arrivals.report(signals);
  }

  #orBroken(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#broken(error);
    }
  }

  /** The disk refuses. The socket goes first, so that nothing more is acknowledged. */
  #broken(error: unknown): void {
    const { device, signal } = this.#hold;
    // A device that is given up writes nothing more, and what it did not write was not acknowledged.
    if (!signal.aborted)
      this.#options.log.error({ device, error: String(error) }, "the store refused; closing the connection");
    this.#ended({ code: null, origin: "local", detail: "store_unavailable" });
  }

  #lookUpDaily(): void {
    this.#cancelLookUp();
    this.#cancelLookUp = this.#options.clock.after(day, () => {
      this.#lookUpDaily();
      this.#goOver(this.#options.version.lookUp(this.#connect.way));
      this.#checkKeys();
    });
  }

  #checkKeys(): void {
    this.#dispatch.ownKeys.check().catch((error: unknown) => this.#unread(error));
  }

  /** Begins anew as a later version where one was found and WhatsApp is about to end this one. */
  #goOver(found: Promise<void>): void {
    found
      .then(() => {
        if (this.#options.version.isSucceeded(this.#revision))
          this.#ended({ code: null, origin: "local", detail: "version_expires" });
      })
      .catch(() => {});
  }

  /** A version that WhatsApp takes for outdated is looked up before anybody hears of the end. */
  async #refused(why: Closing): Promise<void> {
    const outdated = why.code === 405 && (why.origin === "failure" || why.origin === "stream");
    const newer = outdated && (await this.#options.version.refresh(this.#revision, this.#connect.way));
    this.#ended(newer ? { ...why, delay: 0 } : why);
  }

  #ended(why: Closing): void {
    if (this.#over) return;
    const told = this.#fromProxy(why);
    // That it is over is told, whatever went wrong on the way out.
    this.#finish()
      .catch((error: unknown) => this.#options.log.error({ err: error }, "a connection could not end in order"))
      .then(() => this.#hear([{ type: "closed", ...told }]))
      .catch(() => {});
  }

  /** A line that the proxy does not let through is the proxy's fault, and not WhatsApp's. */
  #fromProxy(why: Closing): Closing {
    const trouble = this.#connect.way.trouble(
      new URL(this.#options.url ?? DEFAULT_CONNECTION_CONFIG.waWebSocketUrl).hostname,
    );
    const isOfTheLine = why.origin === "socket" || why.origin === "local" || why.origin === "exception";
    return trouble && isOfTheLine ? { ...why, detail: trouble.words, proxy: trouble.reason } : why;
  }

  /** Resolves, for whoever asks, when nothing of it runs any more. */
  #finish(): Promise<void> {
    if (this.#over) return this.#finished;
    this.#over = true;
    return (this.#finished = this.#end());
  }

  async #end(): Promise<void> {
    this.#older.stop();
    this.#arrivals.end();
    await this.#begun.catch(() => {});
    this.#linking?.stop();
    this.#cancelLookUp();
    this.#watchdog?.stop();
    this.#queue.stop();
    this.#missingState?.stop();
    if (this.#sock) await hangUp(this.#sock, this.#options.clock);
    await this.#arrivals.drained();
    this.#auth?.fence();
    // What the store does not take was not acknowledged.
    await this.#auth?.flush().catch(() => {});
    await this.#vault?.close();
  }

  get #socket(): WASocket {
    if (this.#over || !this.#sock) throw new Failure("unavailable", "The connection is closed.");
    return this.#sock;
  }

  get #authState(): AuthState {
    if (!this.#auth) throw new Failure("unavailable", "The connection has not begun.");
    return this.#auth;
  }

  get #openVault(): Vault {
    if (!this.#vault) throw new Failure("unavailable", "The connection has not begun.");
    return this.#vault;
  }
}
