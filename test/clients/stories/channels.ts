import { same, type Story } from "../story.ts";

export const channels: readonly Story[] = [
  {
    name: "a channel is followed, read, reacted to and left",
    only: "whatsmeow",
    play: async ({ sim, player, ann }) => {
      const channel = sim.channel("News", { by: ann });
      await player.do("follow", { to: channel.id });
      same(await player.do("channel", { to: channel.id }), { name: "News", role: "subscriber" }, "the channel");
      const post = channel.post("extra!");
      const { message } = await player.hears("message", ({ text }) => text === "extra!");
      await player.do("view-post", { message: String(message) });
      same(post.views, 1, "the views");
      await player.do("react-post", { message: String(message), text: "🔥" });
      await sim.until(() => post.reactions.size === 1);
      same(
        await player.do("posts", { to: channel.id }),
        [{ reactions: { "🔥": 1 }, serverId: post.serverId, text: "extra!", views: 1 }],
        "the posts",
      );
      await player.do("mute-channel", { to: channel.id, on: true });
      same(await player.do("channels"), [channel.id], "the channels");
      await player.do("unfollow", { to: channel.id });
      same(await player.do("channels"), [], "the channels after leaving");
    },
  },
  {
    name: "a client runs a channel",
    // Baileys makes no channel that has no picture.
    only: "whatsmeow",
    play: async ({ sim, player, ann }) => {
      const id = String(await player.do("create-channel", { text: "My news" }));
      const channel = sim.findChannel(id);
      channel?.follow(ann);
      await player.do("text", { to: id, text: "first" });
      await channel?.shows("first");
    },
  },
];
