import type { User } from "../accounts/user.ts";
import { attach, type Attachment } from "../media/attachment.ts";
import type { Network } from "../network/network.ts";
import { type MessageContent, contentOf, textOfContent } from "../content/content.ts";
import type { SimulatedChannel, StoredPost } from "./channel.ts";
import type { ChannelUpdate } from "./channels.ts";

/** Anyone with an account, as `SimulatedPerson` is. */
interface Someone {
  readonly user: User;
}

/** A channel to write scenarios with: whoever runs and follows it are people of the simulator. */
export class ChannelChat {
  readonly channel: SimulatedChannel;
  readonly #network: Network;

  constructor(network: Network, channel: SimulatedChannel) {
    this.#network = network;
    this.channel = channel;
  }

  /** `1203…@newsletter`. */
  get id(): string {
    return this.channel.jid;
  }

  get name(): string {
    return this.channel.name;
  }

  /** The code of `https://whatsapp.com/channel/<code>`. */
  get invite(): string {
    return this.channel.invite;
  }

  get posts(): readonly StoredPost[] {
    return this.channel.posts;
  }

  /** Phone numbers of those who follow it. */
  get followers(): string[] {
    return [...this.channel.followers.keys()].map(({ number }) => number);
  }

  /** Its owner posts, or whoever runs it and is named. */
  post(said: string | MessageContent, { by }: { by?: Someone } = {}): StoredPost {
    return this.#network.channels.post(this.channel, this.#by(by), this.#newId(), contentOf(said));
  }

  /** Posts a file, which lies open on the media server. */
  show(attachment: Attachment): StoredPost {
    const { media, random } = this.#network;
    const content = attach(media, random, attachment, { open: true });
    return this.#network.channels.post(this.channel, this.channel.owner, this.#newId(), content);
  }

  /** Posts a status (story), which comes to its followers in plain; returns its id. */
  postsStatus(said: string | MessageContent): string {
    const id = this.#newId();
    this.#network.channels.postStatus(this.channel, id, contentOf(said));
    return id;
  }

  edit(post: StoredPost, said: string | MessageContent): void {
    this.#network.channels.edit(this.channel, post, contentOf(said));
  }

  takeBack(post: StoredPost): void {
    this.#network.channels.takeBack(this.channel, post);
  }

  /** Somebody reacts; undefined takes the reaction back. */
  react(post: StoredPost, person: Someone, code: string | undefined): void {
    this.#network.channels.react(this.channel, post, person.user, code);
  }

  view(post: StoredPost, times = 1): void {
    this.#network.channels.view(this.channel, post, times);
  }

  follow(person: Someone): void {
    this.#network.channels.follow(this.channel, person.user);
  }

  unfollow(person: Someone): void {
    this.#network.channels.unfollow(this.channel, person.user);
  }

  /** Lets somebody post, who is then told nothing: the role is seen when the channel is looked at. */
  appoint(person: Someone): void {
    this.channel.admins.add(person.user);
  }

  change(change: ChannelUpdate): void {
    this.#network.channels.update(this.channel, change);
  }

  delete(): void {
    this.#network.channels.delete(this.channel);
  }

  /** Resolves with the first post, made or to be made, with this text or for which this holds. */
  shows(which: string | ((post: StoredPost) => boolean), timeoutMs = 10_000): Promise<StoredPost> {
    const fits = typeof which === "string" ? ({ content }: StoredPost) => textOfContent(content) === which : which;
    return this.#network.events.wait(() => this.posts.find(fits), `a post in ${this.name}`, timeoutMs);
  }

  #by(person: Someone | undefined): User {
    return person?.user ?? this.channel.owner;
  }

  #newId(): string {
    return this.#network.random.hex(10).toUpperCase();
  }
}
