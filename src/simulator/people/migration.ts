import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";

const { LID_MIGRATION_MAPPING_SYNC } = proto.Message.ProtocolMessage.Type;

/** What a phone tells its companions when its account has moved to LIDs: the pairs of all it has chats with. */
export function mappingPayload(network: Network, user: User): proto.Message.IProtocolMessage {
  const known = [...user.history.chats.keys()].flatMap((jid) => network.directory.user(jid) ?? []);
  const pnToLidMappings = [...new Set([user, ...known])]
    .filter((one) => !one.isNumberless)
    .map((one) => ({ pn: Number(one.number), assignedLid: Number(one.lidNumber), latestLid: Number(one.lidNumber) }));
  const chatDbMigrationTimestamp = Number(network.now);
  const encodedMappingPayload = proto.LIDMigrationMappingSyncPayload.encode({
    pnToLidMappings,
    chatDbMigrationTimestamp,
  }).finish();
  return { type: LID_MIGRATION_MAPPING_SYNC, lidMigrationMappingSyncMessage: { encodedMappingPayload } };
}
