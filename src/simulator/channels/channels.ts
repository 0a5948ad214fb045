import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import { type MessageContent, textOfContent } from "../content/content.ts";
import { setPicture } from "../media/picture.ts";
import { el } from "../wire/stanza.ts";
import { SimulatedChannel, type StoredPost } from "./channel.ts";
import { metadata, postStanza, postUpdate, statusStanza } from "./nodes.ts";

export interface ChannelUpdate {
  readonly name?: string;
  readonly description?: string;
  /** Undefined in it takes the picture away. */
  readonly picture?: Buffer | undefined;
}

declare module "../network/network.ts" {
  interface Network {
    channels: Channels;
  }
}

/** All channels, and what may happen to them. Each change is told to every linked device of everyone who follows. */
export class Channels {
  readonly #network: Network;
  readonly #byJid = new Map<string, SimulatedChannel>();

  constructor(network: Network) {
    this.#network = network;
  }

  get(jid: string | undefined): SimulatedChannel | undefined {
    const found = jid === undefined ? undefined : this.#byJid.get(jid);
    return found?.deleted ? undefined : found;
  }

  get all(): SimulatedChannel[] {
    return [...this.#byJid.values()].filter(({ deleted }) => !deleted);
  }

  byInvite(code: string | undefined): SimulatedChannel | undefined {
    return this.all.find(({ invite }) => invite === code);
  }

  of(user: User): SimulatedChannel[] {
    return this.all.filter((channel) => channel.role(user) !== "guest");
  }

  create(owner: User, name: string, description: string): SimulatedChannel {
    const { random, now } = this.#network;
    const jid = `120363${String(random.below(1_000_000_000)).padStart(12, "0")}@newsletter`;
    const invite = `0029Va${random.hex(8)}`;
    const channel = new SimulatedChannel({ jid, invite, creation: now, owner, name, description });
    this.#byJid.set(jid, channel);
    this.#tell(channel, [owner], "NotificationNewsletterJoin", (user) => ({
      xwa2_notify_newsletter_on_join: metadata(channel, user),
    }));
    return channel;
  }

  follow(channel: SimulatedChannel, user: User): void {
    channel.followers.set(user, { muted: false });
    this.#tell(channel, [user], "NotificationNewsletterJoin", () => ({
      xwa2_notify_newsletter_on_join: metadata(channel, user),
    }));
  }

  unfollow(channel: SimulatedChannel, user: User): void {
    channel.followers.delete(user);
    channel.admins.delete(user);
    this.#tell(channel, [user], "NotificationNewsletterLeave", () => ({
      xwa2_notify_newsletter_on_leave: { id: channel.jid, role: "GUEST" },
    }));
  }

  mute(channel: SimulatedChannel, user: User, muted: boolean): void {
    channel.followers.set(user, { muted });
    this.#tell(channel, [user], "NotificationNewsletterMuteChange", () => ({
      xwa2_notify_newsletter_on_mute_change: { id: channel.jid, mute: muted ? "ON" : "OFF" },
    }));
  }

  update(channel: SimulatedChannel, change: ChannelUpdate): void {
    if (change.name !== undefined) channel.name = change.name;
    if (change.description !== undefined) channel.description = change.description;
    if ("picture" in change) channel.picture = change.picture && setPicture(this.#network, change.picture);
    const changed = {
      ...(change.name === undefined ? {} : { name: { text: change.name } }),
      ...(change.description === undefined ? {} : { description: { text: change.description } }),
      ...("picture" in change ? { picture: channel.picture ?? null } : {}),
    };
    this.#tell(channel, channel.audience, "NotificationNewsletterUpdate", () => ({
      xwa2_notify_newsletter_on_metadata_update: { id: channel.jid, thread_metadata: changed },
    }));
  }

  delete(channel: SimulatedChannel): void {
    channel.deleted = true;
    this.#tell(channel, channel.audience, "NotificationNewsletterStateChange", () => ({
      xwa2_notify_newsletter_on_state_change: { id: channel.jid, is_requestor: false, state: { type: "DELETED" } },
    }));
  }

  /** A new post; every device of the audience gets it, but for the one it was written on. */
  post(
    channel: SimulatedChannel,
    by: User,
    id: string,
    content: MessageContent,
    options: PostOptions = {},
  ): StoredPost {
    const post: StoredPost = {
      id,
      serverId: 100 + channel.posts.length,
      at: this.#network.now,
      by,
      content,
      mediaHandle: options.mediaHandle,
      editedAt: undefined,
      views: 0,
      reactions: new Map(),
    };
    channel.posts.push(post);
    this.#hand(channel, post, options.from);
    return post;
  }

  /** A status: plain, under a tag of its own, and no post of the channel's. */
  postStatus(channel: SimulatedChannel, id: string, content: MessageContent): void {
    for (const device of channel.audience.flatMap((user) => user.linked))
      this.#network.deliver(device, statusStanza(channel, id, this.#network.now, content));
  }

  edit(channel: SimulatedChannel, post: StoredPost, content: MessageContent, from?: LinkedDevice): void {
    post.content = content;
    post.editedAt = Date.now();
    this.#hand(channel, post, from);
  }

  takeBack(channel: SimulatedChannel, post: StoredPost, from?: LinkedDevice): void {
    post.content = undefined;
    this.#hand(channel, post, from);
  }

  /** No code takes the reaction back. Told to the devices that watch. */
  react(channel: SimulatedChannel, post: StoredPost, by: User, code: string | undefined): void {
    if (code === undefined) post.reactions.delete(by);
    else post.reactions.set(by, code);
    this.#update(channel, post);
  }

  view(channel: SimulatedChannel, post: StoredPost, times: number): void {
    post.views += times;
    this.#update(channel, post);
  }

  #hand(channel: SimulatedChannel, post: StoredPost, from: LinkedDevice | undefined): void {
    const { id, content } = post;
    for (const device of channel.audience.flatMap((user) => user.linked)) {
      if (device !== from) this.#network.deliver(device, postStanza(channel, post, device.user));
    }
    this.#network.events.emit({
      type: "channel.posted",
      channel: channel.jid,
      id,
      text: textOfContent(content),
    });
  }

  #update(channel: SimulatedChannel, post: StoredPost): void {
    for (const device of channel.watchers) {
      const messages = el("messages", { jid: channel.jid, t: this.#network.now }, [postUpdate(post)]);
      const attrs = { from: channel.jid, type: "newsletter", id: this.#network.newId(), t: this.#network.now };
      this.#network.deliver(device, el("notification", attrs, [el("live_updates", {}, [messages])]));
    }
  }

  #tell(channel: SimulatedChannel, users: User[], operation: string, data: (user: User) => object): void {
    for (const user of users) {
      for (const device of user.linked) {
        const body = Buffer.from(JSON.stringify({ data: data(user) }));
        const attrs = { from: "@s.whatsapp.net", type: "mex", id: this.#network.newId(), t: this.#network.now };
        const update = el("update", { op_name: operation }, body);
        this.#network.deliver(device, el("notification", attrs, [update]));
      }
    }
    this.#network.events.emit({ type: "channel.changed", channel: channel.jid, change: operation });
  }
}

export interface PostOptions {
  readonly mediaHandle?: string | undefined;
  /** The client that wrote it. */
  readonly from?: LinkedDevice;
}
