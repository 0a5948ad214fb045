import type { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { MessageContent } from "../content/content.ts";
import { enc, encode, seal } from "../messages/envelope.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";

/** Sends the companion a message from its own phone that no chat shows. */
export function peerMessage(
  network: Network,
  device: LinkedDevice,
  protocolMessage: proto.Message.IProtocolMessage,
): void {
  const { user } = device;
  const content: MessageContent = { protocolMessage };
  const attrs = {
    from: user.jid(),
    id: `3EB0${user.random.hex(9)}`,
    type: "text",
    category: "peer",
    notify: user.name,
  };
  const ciphertext = seal(network, user.phone, device, encode(content));
  network.deliver(device, el("message", { ...attrs, t: network.now }, [enc(ciphertext)]));
}
