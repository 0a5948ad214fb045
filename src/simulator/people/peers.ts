import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Network } from "../network/network.ts";
import type { MessageContent } from "../content/content.ts";
import { peerMessage } from "./peer-message.ts";
import { retellHistory } from "./history-sync.ts";
import { shareAppStateKeys, tellOlder } from "./welcome.ts";

const { Type } = proto.Message.ProtocolMessage;
const { PeerDataOperationRequestType } = proto.Message;
type Request = proto.Message.IPeerDataOperationRequestMessage;
type Result = proto.Message.PeerDataOperationRequestResponseMessage.IPeerDataOperationResult;

/** What companions ask of their own phone in messages that no chat shows; `id` is of the message that asks. */
export function answerPeer(
  network: Network,
  from: LinkedDevice,
  id: string,
  { protocolMessage }: MessageContent,
): void {
  if (protocolMessage?.type === Type.APP_STATE_SYNC_KEY_REQUEST) {
    const asked = protocolMessage.appStateSyncKeyRequest?.keyIds ?? [];
    const ids = asked.flatMap(({ keyId }) => keyId ?? []);
    return shareAppStateKeys(network, from, ids);
  }
  const request = protocolMessage?.peerDataOperationRequestMessage;
  switch (request?.peerDataOperationRequestType) {
    case PeerDataOperationRequestType.PLACEHOLDER_MESSAGE_RESEND:
      return respond(network, from, id, request, resends(from, request));
    case PeerDataOperationRequestType.HISTORY_SYNC_ON_DEMAND:
      return older(network, from, id, request);
    case PeerDataOperationRequestType.HISTORY_SYNC_CHUNK_RETRY:
      return retellHistory(from, request.historySyncChunkRetryRequest ?? {});
    case PeerDataOperationRequestType.COMPANION_SYNCD_SNAPSHOT_FATAL_RECOVERY:
      return respond(network, from, id, request, [recovery(from, request)]);
    default:
      return undefined; // a phone that knows nothing of it says nothing
  }
}

function respond(network: Network, to: LinkedDevice, id: string, request: Request, results: Result[]): void {
  peerMessage(network, to, {
    type: Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
    peerDataOperationRequestResponseMessage: {
      peerDataOperationRequestType: request.peerDataOperationRequestType ?? null,
      stanzaId: id,
      peerDataOperationResult: results,
    },
  });
}

/** Messages a companion got nothing of. */
function resends({ user }: LinkedDevice, { placeholderMessageResendRequest: asked }: Request): Result[] {
  return (asked ?? []).map(({ messageKey: key }) => {
    const known = user.history.find(key?.id ?? "");
    if (!known || !key) return {};
    const info = { key, message: known.content, messageTimestamp: known.at };
    return { placeholderMessageResendResponse: { webMessageInfoBytes: proto.WebMessageInfo.encode(info).finish() } };
  });
}

function older(network: Network, from: LinkedDevice, id: string, { historySyncOnDemandRequest: asked }: Request): void {
  const count = asked?.onDemandMsgCount ?? 50;
  tellOlder(network, from, { request: id, chat: asked?.chatJid ?? "", before: asked?.oldestMsgId ?? "", count });
}

/** A collection of app state in the clear, for a companion that cannot make sense of its own. */
function recovery({ user }: LinkedDevice, { syncdCollectionFatalRecoveryRequest: asked }: Request): Result {
  const collectionSnapshot = user.collection(asked?.collectionName ?? "").recovery();
  return { syncdSnapshotFatalRecoveryResponse: { collectionSnapshot, isCompressed: false } };
}
