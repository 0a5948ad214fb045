import { postUpdate, shownPost } from "../../channels/nodes.ts";
import { el } from "../../wire/stanza.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** How long a client is told of reactions after it asked, in seconds. */
const WATCH = "300";

/** `newsletter`: the posts of a channel, what became of them, and being told of that for a while. */
export const newsletter: QueryHandler = (connection, iq, request) => {
  const { device, network } = connection;
  const channel = network.channels.get(request?.attrs["jid"] ?? iq.attrs["to"]);
  if (!device || !request) return refuse(connection, iq, 400, "bad-request");
  if (!channel) return refuse(connection, iq, 404, "item-not-found");
  const count = Number(request.attrs["count"] ?? "50");
  switch (request.tag) {
    case "messages": {
      const before = Number(request.attrs["before"] ?? Infinity);
      const found = channel.posts.filter(({ serverId, content }) => content && serverId < before).slice(-count);
      const posts = found.map((post) => shownPost(post, device.user));
      return result(connection, iq, [el("messages", { jid: channel.jid, t: network.now }, posts)]);
    }
    case "message_updates": {
      const messages = el("messages", { jid: channel.jid }, channel.posts.slice(-count).map(postUpdate));
      return result(connection, iq, [el("message_updates", {}, [messages])]);
    }
    case "live_updates":
      channel.watchers.add(device);
      return result(connection, iq, [el("live_updates", { duration: WATCH })]);
    default:
      connection.complain("asked what the server does not know", iq);
      return refuse(connection, iq, 501, "feature-not-implemented");
  }
};
