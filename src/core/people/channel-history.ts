import type { Channel } from "../model/message/channel.ts";
import type { ChannelCalls, PostPage } from "../ports/channels.ts";
import { isMedia } from "../model/content/content.ts";
import { receivedFileOf } from "../inbox/entry.ts";
import type { HistoryChange } from "../ports/history.ts";
import { asStoredMessage } from "../inbox/posts.ts";
import type { Batch } from "../ports/ledger.ts";

type Known = Omit<Batch, "events">;

/** The same calls; what they bring is remembered, so that chats have names and posts can be found and their files fetched. */
export function remembering(calls: ChannelCalls, remember: (known: Known) => Promise<void>): ChannelCalls {
  const named = async (channels: readonly Channel[]): Promise<void> => {
    const ours = channels.filter(({ role }) => role !== "guest");
    if (ours.length > 0) await remember({ history: ours.map(({ id, name }) => nameOf(id, name)) });
  };
  return {
    ...calls,
    async list() {
      const channels = await calls.list();
      await named(channels);
      return channels;
    },
    async get(id) {
      const channel = await calls.get(id);
      await named([channel]);
      return channel;
    },
    async create(name, description) {
      const channel = await calls.create(name, description);
      await named([channel]);
      return channel;
    },
    async posts(id, query) {
      const page = await calls.posts(id, query);
      await remember(postsIn(page));
      return page;
    },
  };
}

const nameOf = (chat: string, name: string): HistoryChange => ({ type: "chat", chat, change: { name } });

function postsIn({ posts, wires }: PostPage): Known {
  const found = posts.flatMap((post) => {
    const brought = wires.get(post.id);
    return brought ? [{ post, ...brought }] : [];
  });
  return {
    history: found.map(({ post, wire }) => ({ type: "said", old: true, said: { ...asStoredMessage(post), wire } })),
    media: found.flatMap(({ post: { content }, remote }) =>
      isMedia(content) ? [receivedFileOf(content, remote)] : [],
    ),
  };
}
