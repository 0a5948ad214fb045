import {
  areJidsSameUser,
  type BinaryNode,
  type ConnectionState,
  type GroupMetadata,
  proto,
  WAMessageAddressingMode,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { Account, Connection, ConnectOptions, Hear, Signal } from "../core/connector.ts";
import type { ChannelCalls } from "../core/channels.ts";
import type { ChatCalls } from "../core/chats.ts";
import type { CommunityCalls } from "../core/communities.ts";
import type { GroupCalls } from "../core/groups.ts";
import type { LabelCalls } from "../core/labels.ts";
import type { PeopleCalls } from "../core/people.ts";
import { Failure } from "../core/failure.ts";
import type { Outgoing } from "../core/message.ts";
import type { Hold } from "../core/store.ts";
import type { Vault } from "../core/vault.ts";
import { asked } from "./asking.ts";
import { AuthState } from "./auth-state.ts";
import { openBallots, type BallotPorts } from "./ballots.ts";
import { type Closing, closing } from "./closing.ts";
import { communitiesOf } from "./communities.ts";
import { composed } from "./composer.ts";
import type { ConnectionOptions, RetryCounters } from "./connector.ts";
import { Calls } from "./calls.ts";
import { channelsOf } from "./channels/index.ts";
import { PostAnswers, postStanza } from "./channels/posting.ts";
import { chatsOf } from "./chats.ts";
import { browser, dial } from "./dial.ts";
import { GroupCache, groupsOf } from "./groups.ts";
import { envelope, incoming, type Me, type Reader } from "./incoming.ts";
import { Intake } from "./intake.ts";
import { bare, isChannel, isGroup, isLid } from "./jid.ts";
import { type Decrypted, Journal } from "./journal.ts";
import { Keyring } from "./keyring.ts";
import { LabelIds, labelsOf } from "./labels.ts";
import { chatCap, timeLock } from "./limits.ts";
import { Linking } from "./linking.ts";
import { Renewals } from "./media/renewals.ts";
import { handleOf, Uploads } from "./media/upload.ts";
import { listenForNews } from "./news.ts";
import { listenForNotices } from "./notices/listen.ts";
import { listenForPast } from "./past.ts";
import { type PeoplePorts, peopleOf } from "./people.ts";
import { receipt } from "./receipts.ts";
import { relayOptions } from "./relay.ts";
import {
  abandonQueries,
  answers,
  before,
  deafen,
  holdBack,
  ignoreUnheard,
  onRefusedUpgrade,
  queue,
  serialise,
  terminate,
  unlink,
} from "./socket.ts";
import { Unsealed } from "./unsealed.ts";
import { Watchdog } from "./watchdog.ts";

/** How long an errand of the own phone may take Baileys to work on, before its journal entry is forgotten. */
const errandMs = 30_000;

/** How long closing waits for the server's part of the handshake. */
const closeMs = 1_000;

/** One connection to WhatsApp, from dialling to its end; never used again after it. */
export class BaileysConnection implements Connection {
  private readonly journal: Journal;
  private readonly intake: Intake;
  private readonly begun: Promise<void>;
  private vault: Vault | null = null;
  private auth: AuthState | null = null;
  private sock: WASocket | null = null;
  private linking: Linking | null = null;
  private watchdog: Watchdog | null = null;
  private over = false;
  private revision = 0;
  private readonly groupCache = new GroupCache();
  private readonly uploads: Uploads;
  private readonly calls = new Calls();
  private readonly postAnswers = new PostAnswers();
  private readonly unsealed = new Unsealed();
  private readonly renewals: Renewals;
  private readonly labelIds = new LabelIds();
  readonly channels: ChannelCalls;
  readonly communities: CommunityCalls;
  readonly labels: LabelCalls;
  readonly groups: GroupCalls;
  readonly people: PeopleCalls;
  readonly chats: ChatCalls;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly retryCounters: RetryCounters,
    private readonly hold: Hold,
    private readonly hear: Hear,
    private readonly connect: ConnectOptions,
  ) {
    this.journal = new Journal(new Keyring(() => this.authState), (hash) => this.openVault.journalled(hash), {
      decrypted: (message) => this.decrypted(message),
      undecryptable: (stanza) =>
        this.report([{ type: "undecryptable", message: envelope(stanza, this.me), reason: "failed" }]),
      broken: (error) => this.broken(error),
    });
    this.intake = new Intake(
      async (signals) => hear(await openBallots(signals, this.ballotPorts)),
      async (settled) => this.authState.write({ settled }),
      (error) => this.broken(error),
    );
    this.uploads = new Uploads(options.servers, options.files);
    this.renewals = new Renewals(options.clock);
    const socket = () => this.socket;
    this.groups = groupsOf(socket, this.groupCache);
    this.communities = communitiesOf(socket, this.groupCache);
    this.labels = labelsOf(socket, this.labelIds);
    const alias = (jid: string) => this.alias(jid);
    const me = () => this.authState.creds.me ?? this.me;
    const check: PeoplePorts["check"] = (sock, phones) => options.numbers.check(hold.device, sock, phones);
    this.people = peopleOf({ socket, alias, check, me });
    this.chats = chatsOf(socket);
    this.channels = channelsOf({ socket, alias, reader: () => this.reader });
    this.begun = this.begin();
    this.begun.catch((error: unknown) => this.broken(error));
  }

  async compose(message: Outgoing): Promise<Uint8Array> {
    const { history, clock, files } = this.options;
    const thumbnail = async (id: string) => (await files.record(id))?.thumbnail ?? null;
    const upload = () => this.uploads.of(message, this.socket, clock.now());
    const self = (chat: string) => this.self(chat);
    return composed(message, { history, clock, device: this.hold.device, me: this.me, self, upload, thumbnail });
  }

  async send(message: Outgoing, wire: Uint8Array): Promise<void> {
    await this.begun;
    if (isChannel(message.chat)) return this.post(message, wire);
    const options = relayOptions(message, this.options.clock.now());
    await this.socket.relayMessage(message.chat, proto.Message.decode(wire), options);
  }

  private async post(message: Outgoing, wire: Uint8Array): Promise<void> {
    const stanza = postStanza(message, wire, await handleOf(message, this.options.files));
    this.postAnswers.leaving(message.waId, stanza.attrs.id ?? "");
    await this.socket.sendNode(stanza);
  }

  async tidy(): Promise<void> {
    await this.vault?.tidy();
  }

  async renew(remote: string): Promise<string> {
    await this.begun;
    return this.renewals.ask(this.socket, this.me.id, remote);
  }

  async askStanding(): Promise<void> {
    await this.begun;
    // Baileys emits the answer too, as when WhatsApp tells it unasked.
    await this.sock?.fetchAccountReachoutTimelock();
  }

  async logout(): Promise<void> {
    await this.begun.catch(() => {});
    const jid = this.auth?.creds.me?.id;
    if (jid && this.sock) await unlink(this.sock, jid).catch(() => {});
    await this.close();
  }

  async close(): Promise<void> {
    if (this.over) return;
    await this.begun.catch(() => {});
    await this.finish();
  }

  private async begin(): Promise<void> {
    this.vault = await this.options.vaults.open(this.hold);
    this.auth = await AuthState.load(this.vault, (error) => this.broken(error));
    if (this.over) return;
    const errands = this.auth.linked ? await this.replay(this.vault) : [];
    this.sock = this.dial(this.auth);
    this.listen(this.sock, this.auth, errands);
  }

  private dial(auth: AuthState): WASocket {
    const version = this.options.version.current;
    this.revision = version[2];
    return dial({
      version,
      auth: auth.asBaileys(),
      makeSignalRepository: this.journal.makeRepository,
      msgRetryCounterCache: this.retryCounters,
      cachedGroupMetadata: (id) => this.knownGroup(id),
      getMessage: async ({ id }) => {
        const sent = id ? await this.options.messages.byWaId(this.hold.device, id) : null;
        return sent?.wire ? proto.Message.decode(sent.wire) : undefined;
      },
      ...(this.options.url ? { waWebSocketUrl: this.options.url } : {}),
      ...(this.options.agent ? { agent: this.options.agent } : {}),
    });
  }

  private listen(sock: WASocket, auth: AuthState, errands: readonly BinaryNode[]): void {
    serialise(sock, (error) => this.ended(closing(error)));
    queue(sock);
    ignoreUnheard(sock);
    onRefusedUpgrade(sock, (code) => this.ended({ code, origin: "socket", detail: "upgrade refused" }));
    // Baileys does not wait for listeners; ours have written when they return.
    holdBack(sock, () => auth.unwritten);
    sock.ev.on("creds.update", () => this.orBroken(() => auth.saveCreds()));
    sock.ev.on("connection.update", (update) => this.updated(update, sock, errands));
    sock.ws.on("frame", (node: BinaryNode) => {
      this.watchdog?.heard();
      this.journal.observe(node);
    });
    sock.ev.on("message-capping.update", (cap) => this.report([chatCap(cap, this.options.clock.now())]));
    sock.ws.on("CB:ack,class:message", (node: BinaryNode) => this.report([this.postAnswers.answer(node)]));
    before(sock, "CB:receipt", (node) => {
      const signal = receipt(node, this.me);
      return signal && this.intake.add([signal]);
    });
    const { clock } = this.options;
    const now = () => clock.now();
    const failed = (error: unknown) =>
      this.options.log.warn(
        { device: this.hold.device, error: error instanceof Error ? error.name : typeof error },
        "news could not be read",
      );
    const reader = () => this.reader;
    listenForNews(sock, this.groupCache, now, (signals) => this.report(signals), failed);
    listenForPast(sock, reader, now, (signals) => this.report(signals), failed);
    const add = (signals: readonly Signal[]) => this.intake.add(signals);
    const alias = (jid: string) => this.alias(jid);
    this.renewals.listen(sock);
    this.labelIds.listen(sock);
    const { groupCache: groups, calls, unsealed } = this;
    listenForNotices(sock, { add, alias, groups, calls, unsealed, reader, now, failed });
    if (auth.linked) return;
    this.linking = new Linking(sock, browser, this.options.clock, this.connect.pairWith, {
      report: (signal) => this.report([signal]),
      expired: () => this.ended({ code: null, origin: "local", detail: "pairing_expired" }),
    });
  }

  private updated(update: Partial<ConnectionState>, sock: WASocket, errands: readonly BinaryNode[]): void {
    if (update.isNewLogin) {
      this.linking?.stop();
      this.report([{ type: "paired", ...this.account }]);
    }
    if (update.connection === "open") {
      this.report([{ type: "open", ...this.account }]);
      this.watchdog = new Watchdog(this.options.clock, {
        probe: () => answers(sock),
        deaf: () => this.ended({ code: 408, origin: "local", detail: "connected but deaf" }),
      });
      for (const stanza of errands) sock.ws.emit("CB:message", stanza);
    }
    if (update.reachoutTimeLock) this.report([timeLock(update.reachoutTimeLock, this.options.clock.now())]);
    if (update.connection === "close") void this.refused(closing(update.lastDisconnect?.error));
  }

  /** What was decrypted before and never logged, oldest first. Returns what only Baileys can work on. */
  private async replay(vault: Vault): Promise<BinaryNode[]> {
    const errands: BinaryNode[] = [];
    for (const entry of await vault.pending()) {
      const stanza = this.journal.revive(entry);
      const isErrand = this.decrypted({ stanza, plaintext: entry.plaintext, hash: entry.hash });
      if (isErrand) errands.push(stanza);
    }
    await this.intake.drained();
    return errands;
  }

  /** Reports a decrypted message. True of an errand, which Baileys works on and nobody hears of. */
  private decrypted({ stanza, plaintext, hash }: Decrypted): boolean {
    const heard = readable(() => incoming(envelope(stanza, this.me), plaintext, this.reader));
    if (heard) {
      this.report([{ type: "message", ...heard }], [hash]);
      return false;
    }
    const resent = readable(() => this.unsealed.resentIn(stanza, plaintext, this.reader)) ?? [];
    if (resent.length > 0) {
      this.report(resent, [hash]);
      return false;
    }
    if (stanza.attrs.category === "peer") {
      this.options.clock.after(errandMs, () => this.report([], [hash]));
      return true;
    }
    this.report([], [hash]);
    return false;
  }

  private report(signals: readonly Signal[], hashes: readonly string[] = []): void {
    if (this.over) return;
    // A refusal is heard through `broken`.
    this.intake.add(signals, hashes).catch(() => {});
  }

  private orBroken(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.broken(error);
    }
  }

  /** The disk refuses. The socket goes first, so that nothing more is acknowledged. */
  private broken(error: unknown): void {
    this.options.log.error(
      { device: this.hold.device, error: String(error) },
      "the store refused; closing the connection",
    );
    this.ended({ code: null, origin: "local", detail: "store_unavailable" });
  }

  /** A version that WhatsApp takes for outdated is looked up before anybody hears of the end. */
  private async refused(why: Closing): Promise<void> {
    const outdated = why.code === 405 && (why.origin === "failure" || why.origin === "stream");
    const newer = outdated && (await this.options.version.refresh(this.revision));
    this.ended(newer ? { ...why, delay: 0 } : why);
  }

  private ended(why: Closing): void {
    if (this.over) return;
    void this.finish().then(() => this.hear([{ type: "closed", ...why }]).catch(() => {}));
  }

  private async finish(): Promise<void> {
    if (this.over) return;
    this.over = true;
    this.linking?.stop();
    this.watchdog?.stop();
    if (this.sock) await this.hangUp(this.sock);
    await this.intake.drained();
    this.auth?.fence();
    await this.vault?.close();
  }

  private async hangUp(sock: WASocket): Promise<void> {
    sock.ev.removeAllListeners("connection.update");
    const given = new Promise<void>((done) => void this.options.clock.after(closeMs, done));
    // A silent peer would keep it closing for half a minute.
    await Promise.race([sock.end(undefined), given.then(() => terminate(sock))]);
    abandonQueries(sock);
    deafen(sock);
  }

  private get socket(): WASocket {
    if (this.over || !this.sock) throw new Failure("unavailable", "The connection is closed.");
    return this.sock;
  }

  private get authState(): AuthState {
    if (!this.auth) throw new Failure("unavailable", "The connection has not begun.");
    return this.auth;
  }

  private get ballotPorts(): BallotPorts {
    const { history } = this.options;
    return { history, device: this.hold.device, me: this.me, alias: (jid) => this.alias(jid) };
  }

  /** Asked about once; what changes in it is heard. */
  private async knownGroup(id: string): Promise<GroupMetadata | undefined> {
    return this.groupCache.get(id) ?? this.groupCache.keep(await asked(() => this.socket.groupMetadata(id)));
  }

  /** The account's own JID as it goes by in a chat. */
  private async self(chat: string): Promise<string> {
    const { id, lid } = this.me;
    const group = isGroup(chat) ? await this.knownGroup(chat) : undefined;
    return bare(lid && (isLid(chat) || group?.addressingMode === WAMessageAddressingMode.LID) ? lid : id);
  }

  /** The other JID of a person, as far as Baileys has learned it. */
  private async alias(jid: string): Promise<string | null> {
    const { id, lid } = this.me;
    if (areJidsSameUser(jid, id)) return lid;
    if (lid && areJidsSameUser(jid, lid)) return id;
    const mapping = this.sock?.signalRepository.lidMapping;
    return (await (isLid(jid) ? mapping?.getPNForLID(jid) : mapping?.getLIDForPN(jid))) ?? null;
  }

  private get openVault(): Vault {
    if (!this.vault) throw new Failure("unavailable", "The connection has not begun.");
    return this.vault;
  }

  private get reader(): Reader {
    return { device: this.hold.device, me: this.me };
  }

  private get me(): Me {
    const { me } = this.authState.creds;
    return { id: me?.id ?? "", lid: me?.lid ?? null };
  }

  private get account(): Account {
    const { me } = this.authState.creds;
    const name = me?.name && me.name !== "~" ? me.name : null;
    return { jid: bare(me?.id ?? ""), lid: me?.lid ? bare(me.lid) : null, name };
  }
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
