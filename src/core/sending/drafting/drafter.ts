import { type DraftLookups, invalid, type KnownMessage, type TargetName } from "../../model/content/message-ref.ts";
import type { Budgets } from "../../access/budgets.ts";
import type { Clock } from "../../base/clock.ts";
import type { Account } from "../../model/account.ts";
import { isAction } from "../../model/content/action.ts";
import type { SentContent } from "../../model/content/sent.ts";
import { type ContentOf, type Context, isMedia } from "../../model/content/content.ts";
import { checkedDraft, prepareDraft } from "./drafting.ts";
import { asFailure, Failure } from "../../base/failure.ts";
import { fileFailure } from "../../model/content/file-failure.ts";
import { type AlbumDraft, albumFiles, albumHead } from "./album.ts";
import { priorities } from "../../model/waiting.ts";
import type { MediaService } from "../../media/media-service.ts";
import type { Draft, Message, QueueOptions } from "../../model/message/message.ts";
import type { Drafted, NewMessage } from "../../ports/messages.ts";
import { me, type MessageName } from "../../model/message/message-name.ts";
import { isPersonJid, recipient, statusChat } from "../../model/recipient.ts";
import { type AddresseePorts, Addressees } from "./addressees.ts";
import { namedDraft } from "./named-draft.ts";
import { momentOf } from "./schedule.ts";
import { homeTenant } from "../../ports/tenants.ts";
import type { Store } from "../../ports/store.ts";
import type { DeviceRecord } from "../../ports/devices.ts";
import type { SendPolicy } from "../../policy/send-policy.ts";

export interface DrafterPorts {
  store: Store;
  clock: Clock;
  media: MediaService;
  budgets: Budgets;
  /** A new WhatsApp message id, UUIDv7, and SHA-256 in hex of texts one behind the other. */
  ids: { message(): string; whatsapp(): string; hashAll(texts: AsyncIterable<string>): Promise<string> };
  /** May alter or refuse what a device of the home tenant is about to send. */
  beforeSend?: (draft: Draft, device: string) => Promise<Draft>;
}

/** The device that sends, as far as drafting needs it. */
export interface DraftingDevice extends AddresseePorts {
  readonly record: DeviceRecord;
  readonly policy: SendPolicy;
}

/** Where a draft's file and its link's card come from. */
export type DraftSources = Pick<DraftLookups, "file" | "preview">;

/** Makes messages of what somebody wants a device to send: everything is checked, and its files are here. */
export class Drafter {
  readonly #ports: DrafterPorts;
  readonly #device: DraftingDevice;
  readonly addressees: Addressees;

  constructor(ports: DrafterPorts, device: DraftingDevice) {
    this.#ports = ports;
    this.#device = device;
    this.addressees = new Addressees(device, ports.clock);
  }

  /** Throws `not_linked`. */
  get account(): Account {
    const { account } = this.#device.record;
    if (account) return account;
    throw new Failure(
      "not_linked",
      "This device is not linked to WhatsApp yet. Scan its QR code or use a pairing code first.",
    );
  }

  /** What the device's tenant may send, fetched and converted. */
  get sources(): DraftSources {
    const { media } = this.#ports;
    const { uid, tenant } = this.#device.record;
    const owner = { tenant, device: uid };
    return { file: (file) => media.content(owner, file), preview: (text) => media.preview(owner, text) };
  }

  /** Throws `invalid` and whatever a file is refused with. */
  async message(
    asked: Draft,
    { hooked, sources = this.sources }: Pick<QueueOptions, "hooked"> & { sources?: DraftSources } = {},
  ): Promise<Drafted> {
    const { beforeSend } = this.#ports;
    const { tenant, id } = this.#device.record;
    // Before a plugin sees it: what a caller got wrong is no fault of a plugin.
    checkedDraft(asked);
    const given = await this.#addressed(asked);
    const isSeen = !hooked && tenant === homeTenant && beforeSend !== undefined;
    const draft = isSeen ? await this.#addressed(await beforeSend(given, id)) : given;
    const { content } = checkedDraft(draft);
    await this.addressees.needKnown(draft);
    return content.kind === "album" ? this.#album({ ...draft, content }, sources) : this.#made(draft, sources);
  }

  /** The draft with the JIDs of those whom it names by username. */
  #addressed(draft: Draft): Promise<Draft> {
    Addressees.check(draft.to);
    return namedDraft(draft, (username, field) => this.addressees.jidOf(username, field));
  }

  /** The announcement, and each file as a message of its own. */
  async #album(draft: AlbumDraft, sources: DraftSources): Promise<Drafted> {
    const drafted = await this.#made(albumHead(draft), sources);
    const { message } = drafted;
    const files: NewMessage[] = [];
    for (const each of albumFiles(draft)) {
      const file = await this.#made(each, sources).catch((error: unknown) => {
        throw fileFailure(asFailure(error), `content.files.${files.length}`);
      });
      files.push({ ...file.message, context: { ...file.message.context, album: message.waId } });
    }
    const content = { ...message.content, files: files.map(({ waId }) => waId) } as ContentOf<"album">;
    return { ...drafted, message: { ...message, content }, files };
  }

  async #made(draft: Draft, sources: DraftSources): Promise<Drafted> {
    const { clock, media } = this.#ports;
    const { policy } = this.#device;
    const chat = recipient(draft.to);
    const now = clock.now();
    const sendAt = momentOf(draft.send_at, now);
    const { content, context, latest } = await prepareDraft(draft, {
      chat,
      account: this.account,
      now: sendAt ?? now,
      find: (from, which) => this.known(from, which, { by: sendAt ?? now }),
      elsewhere: (from, which) => this.#ports.store.history.elsewhere(this.#device.record.uid, from, which),
      ...sources,
    });
    const file = fileIn(content);
    if (sendAt !== null && file?.media_id) await media.keepUntil(file.media_id, sendAt);
    const patience = draft.max_wait === undefined ? Infinity : (sendAt ?? now) + draft.max_wait * 1000;
    const expiry = Math.min(patience, latest ?? Infinity);
    return this.#planned({ chat, content, context }, sendAt, expiry === Infinity ? null : policy.onOurClock(expiry));
  }

  /** What did not go out before, as a new message. Throws `conflict`, `gone`. */
  async again({ state, chat, content, context }: Message): Promise<Drafted> {
    void this.account;
    if (state !== "failed" && state !== "cancelled")
      throw new Failure("conflict", "Only a message that failed or was taken back is sent again.");
    if (isAction(content) || content.kind === "album" || context.album !== undefined)
      throw new Failure("conflict", "An album, a reaction, an edit and the like is not sent again: send it anew.");
    if (content.kind === "text" && content.text === "")
      throw new Failure("gone", "What it said is kept no longer: send it anew.");
    return this.#planned({ chat, content, context }, null, null);
  }

  async #planned(
    said: Pick<NewMessage, "chat" | "content"> & { context: Context },
    sendAt: number | null,
    expiresAt: number | null,
  ): Promise<Drafted> {
    const { clock, ids } = this.#ports;
    const { policy } = this.#device;
    const decision = await policy.decide(said.chat);
    const message: NewMessage = {
      ...said,
      id: ids.message(),
      waId: ids.whatsapp(),
      createdAt: clock.now(),
      priority: priorities.indexOf(decision.priority),
      notBefore: 0,
      sendAt,
      expiresAt,
      idempotency: null,
    };
    if (sendAt !== null) return { message, wait: { until: policy.planned(sendAt), reason: "scheduled" } };
    return { message, wait: decision.go ? null : decision };
  }

  /**
   * A message of a chat by WhatsApp's id, or by ours when we sent it. Throws `conflict` for one that is scheduled and
   * has not left `by` when somebody wants to speak of it, and what `shared` makes for an id that two messages share.
   */
  async known(
    chat: string,
    target: TargetName,
    { by = Infinity, shared = sharedTarget }: { by?: number; shared?: () => Failure } = {},
  ): Promise<KnownMessage | null> {
    const { messages, history } = this.#ports.store;
    const { uid, account } = this.#device.record;
    const { id } = target;
    if ((await history.elsewhere(uid, chat, id)) !== null) return null;
    const isOwn = target.from_me ?? (target.sender != null && this.#isOwn(target.sender));
    const isTheirs = target.from_me === false;
    const author = isOwn ? me : (target.sender ?? (isTheirs && isPersonJid(chat) ? chat : null));
    const ours = !isTheirs && (author === null || author === me);
    const found = ours ? ((await messages.get(uid, id)) ?? (await messages.byWaId(uid, id))) : null;
    // Whoever writes chooses the id. One of this chat may carry that of a message to somebody else, whose words stay there.
    const sent = found && (await this.#isIn(chat, found)) ? found : null;
    const name = { chat, author, id: sent?.waId ?? id };
    const said = await this.#said(name);
    if (said && !(isTheirs && said.fromMe)) return said;
    if (author === null) {
      const [only, second] = await this.#withId(chat, id, isTheirs);
      if (second) throw shared();
      if (only) return only;
    }
    if (!sent) return null;
    const { waId, content, context, createdAt, sendAt } = sent;
    const words = isAction(content) ? null : content;
    if (sendAt !== null && sendAt > by)
      throw new Failure("conflict", "That message is scheduled and will not have left by then.");
    const at = sendAt ?? createdAt;
    return { id: waId, chat, sender: account?.jid ?? "", fromMe: true, at, content: words, context };
  }

  /** Whether a message of ours belongs to a chat; a status post of ours may be spoken of in any person's. */
  async #isIn(chat: string, sent: Pick<NewMessage, "chat" | "waId">): Promise<boolean> {
    if (sent.chat === chat || (sent.chat === statusChat && isPersonJid(chat))) return true;
    return this.#ports.store.history.isOurs(this.#device.record.uid, chat, sent.waId);
  }

  /** The messages of a chat that have an id; `isTheirs`: those of others. */
  async #withId(chat: string, id: string, isTheirs: boolean): Promise<KnownMessage[]> {
    const { people, record } = this.#device;
    const { jid } = await people.personOf(chat);
    const found: KnownMessage[] = [];
    for (const message of await this.#ports.store.history.withId(record.uid, id)) {
      if (isTheirs && message.fromMe) continue;
      if ((await people.personOf(message.chat)).jid === jid) found.push(message);
    }
    return found;
  }

  #isOwn(jid: string): boolean {
    const { account } = this.#device.record;
    return jid === account?.jid || jid === account?.lid;
  }

  /** In its chat; what is said in a person's chat may also speak of a status post, theirs or ours. */
  async #said(name: MessageName): Promise<KnownMessage | null> {
    const { history } = this.#ports.store;
    const { uid } = this.#device.record;
    const found = await history.find(uid, name);
    if (found || !isPersonJid(name.chat)) return found;
    const authors = name.author === null ? [name.chat, me] : [name.author];
    for (const author of authors) {
      const post = await history.find(uid, { ...name, chat: statusChat, author });
      if (post) return post;
    }
    return null;
  }
}

const sharedTarget = (): Failure =>
  invalid("target", "has an id that two messages of this chat share; say { id, sender } or { id, from_me }");

/** The file that a message names: its own, that of its card, or that of its header. */
function fileIn(content: SentContent): { media_id?: string | undefined } | undefined {
  if (isMedia(content)) return content;
  if (content.kind === "text") return content.preview;
  return content.kind === "menu" ? content.image : undefined;
}
