import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Network } from "../network/network.ts";
import type { Content } from "../content/content.ts";
import { peerMessage } from "./welcome.ts";

const { PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE } = proto.Message.ProtocolMessage.Type;
const { PLACEHOLDER_MESSAGE_RESEND } = proto.Message.PeerDataOperationRequestType;

/** What companions ask of their own phone in messages that no chat shows: a message they got nothing of. */
export function answerPeer(network: Network, from: LinkedDevice, id: string, { protocolMessage }: Content): void {
  const request = protocolMessage?.peerDataOperationRequestMessage;
  if (request?.peerDataOperationRequestType !== PLACEHOLDER_MESSAGE_RESEND) return;
  const { history } = from.user;
  const peerDataOperationResult = (request.placeholderMessageResendRequest ?? []).map(({ messageKey: key }) => {
    const known = history.find(key?.id ?? "");
    if (!known || !key) return {};
    const info = { key, message: known.content, messageTimestamp: known.at };
    return { placeholderMessageResendResponse: { webMessageInfoBytes: proto.WebMessageInfo.encode(info).finish() } };
  });
  peerMessage(network, from, {
    type: PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
    peerDataOperationRequestResponseMessage: {
      peerDataOperationRequestType: PLACEHOLDER_MESSAGE_RESEND,
      stanzaId: id,
      peerDataOperationResult,
    },
  });
}
