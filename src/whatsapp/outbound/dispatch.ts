import { type BinaryNode, proto, WAMessageAddressingMode, type WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { History } from "../../core/ports/history.ts";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import { PostAnswers, channelPostNode } from "../account/channels/posting.ts";
import { composed } from "./composer.ts";
import type { GroupCache } from "../account/groups.ts";
import type { Identity } from "../session/identity.ts";
import { bare, isChannel, isGroup, isLid } from "../wire/jid.ts";
import type { MediaServers } from "../media/servers.ts";
import { type Files, handleOf, Uploads } from "../media/upload.ts";
import { sendFailure } from "./send-failure.ts";
import { relayOptions } from "../codec/relay.ts";

export interface DispatchOptions {
  clock: Clock;
  files: Files;
  history: History;
  servers: MediaServers;
}

/** What leaves through a connection, and WhatsApp's answer to it. */
export class MessageDispatch {
  private readonly uploads: Uploads;
  private readonly posts = new PostAnswers();

  constructor(
    private readonly options: DispatchOptions,
    private readonly socket: () => WASocket,
    private readonly identity: Identity,
    private readonly groups: GroupCache,
  ) {
    this.uploads = new Uploads(options.servers, options.files);
  }

  async compose(message: OutgoingMessage): Promise<Uint8Array> {
    const { history, clock, files } = this.options;
    const { device, me } = this.identity;
    const thumbnail = async (id: string) => (await files.record(id))?.thumbnail ?? null;
    const upload = () => this.uploads.of(message, this.socket(), clock.now());
    const alias = async (person: string) => {
      const found = await this.identity.alias(bare(person));
      return found && bare(found);
    };
    const nameIn = (chat: string, person: string) => this.nameIn(chat, person);
    return composed(message, { history, clock, device, me, nameIn, alias, upload, thumbnail });
  }

  async send(message: OutgoingMessage, wire: Uint8Array): Promise<void> {
    if (isChannel(message.chat)) return this.post(message, wire);
    const options = relayOptions(message, this.options.clock.now());
    await sending(() => this.socket().relayMessage(message.chat, proto.Message.decode(wire), options));
  }

  answered(ack: BinaryNode): SignalOf<"ack"> {
    return this.posts.answer(ack);
  }

  private async post(message: OutgoingMessage, wire: Uint8Array): Promise<void> {
    const stanza = channelPostNode(message, wire, await handleOf(message, this.options.files));
    this.posts.leaving(message.waId, stanza.attrs.id ?? "");
    await sending(() => this.socket().sendNode(stanza));
  }

  /** A person's JID as a chat's members know it. */
  private async nameIn(chat: string, person: string): Promise<string> {
    const group = isGroup(chat) ? await this.groups.known(chat) : undefined;
    const byLid = isLid(chat) || group?.addressingMode === WAMessageAddressingMode.LID;
    const jid = bare(person);
    if (isLid(jid) === byLid) return jid;
    const member = group?.participants.find(({ id, phoneNumber, lid }) => [id, phoneNumber, lid].includes(jid));
    return bare(member?.id ?? (await this.identity.alias(jid)) ?? jid);
  }
}

/** What goes wrong on the way, in our words: a refused question has WhatsApp's code, and one without an answer none. */
async function sending(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw sendFailure(error);
  }
}
