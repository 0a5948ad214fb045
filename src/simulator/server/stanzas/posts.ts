import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../../accounts/linked-device.ts";
import type { SimulatedChannel } from "../../channels/channel.ts";
import type { Network } from "../../network/network.ts";
import { stanzaType } from "../../content/content.ts";
import { bytesOf, child, type Stanza } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";

/** What became of a client's message to a channel: the error of its ack, or the number the post got. */
type Answer = { readonly error: string } | { readonly serverId?: number };

/** A message to a channel: a post, a change of one under its own id, or a reaction. */
export function clientPost(connection: DeviceConnection, device: LinkedDevice, message: Stanza): Answer {
  const { network } = connection;
  const { to, edit, type } = message.attrs;
  const channel = network.channels.get(to);
  if (!channel) return { error: "404" };
  if (child(message, "enc")) connection.complain("encrypted a message to a channel", message);
  if (type === "reaction") return reaction(connection, device, channel, message);
  if (!channel.runs(device.user)) return { error: "403" };
  if (edit === undefined) return fresh(connection, device, channel, message);
  const post = channel.post(message.attrs["id"] ?? "");
  if (!post?.content) return { error: "404" };
  if (edit === "8") network.channels.takeBack(channel, post, device);
  else if (edit === "3") network.channels.edit(channel, post, contentIn(connection, message), device);
  else connection.complain(`changed a post by edit ${edit}`, message);
  return {};
}

function fresh(connection: DeviceConnection, device: LinkedDevice, channel: SimulatedChannel, message: Stanza): Answer {
  const { id = "", media_id: mediaHandle } = message.attrs;
  const known = channel.post(id);
  if (known) return { serverId: known.serverId }; // sent again, since the ack was lost
  const content = contentIn(connection, message);
  checkFile(connection, connection.network, content, message);
  const { serverId } = connection.network.channels.post(channel, device.user, id, content, {
    mediaHandle,
    from: device,
  });
  return { serverId };
}

function reaction(
  connection: DeviceConnection,
  device: LinkedDevice,
  channel: SimulatedChannel,
  message: Stanza,
): Answer {
  const post = channel.numbered(message.attrs["server_id"]);
  if (!post?.content) return { error: "404" };
  const code = child(message, "reaction")?.attrs["code"];
  if ((code === undefined) !== (message.attrs["edit"] === "7"))
    connection.complain("sent a reaction that neither says something nor takes it back", message);
  connection.network.channels.react(channel, post, device.user, code);
  return {};
}

function contentIn(connection: DeviceConnection, message: Stanza): proto.IMessage {
  const plaintext = child(message, "plaintext");
  const bytes = bytesOf(plaintext);
  if (!bytes || bytes.length === 0) throw new Error("a post without plaintext");
  const content = proto.Message.decode(bytes);
  const marks = stanzaType(content);
  if (marks.type !== message.attrs["type"] || marks.mediatype !== plaintext?.attrs["mediatype"])
    connection.complain(`marked a post of ${marks.mediatype ?? marks.type} wrongly`, message);
  return content;
}

// The file of a post lies open, and goes by the handle that the server gave for it.
function checkFile(connection: DeviceConnection, network: Network, content: proto.IMessage, message: Stanza): void {
  if (stanzaType(content).type !== "media") return;
  const { media_id: handle } = message.attrs;
  if (!network.media.isHandle(handle)) connection.complain(`posted a file under the handle ${handle}`, message);
}
