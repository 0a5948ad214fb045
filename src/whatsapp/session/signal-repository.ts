import type { SignalKeyStoreWithTransaction, SocketConfig } from "@whiskeysockets/baileys";
import { LIDMappingStore } from "@whiskeysockets/baileys/lib/Signal/lid-mapping.js";
import { mixesOwn } from "../codec/seen-names.ts";
import { rawPublicKey } from "../signal/x25519.ts";
import { deviceName, signalAddress } from "./address.ts";
import type { AuthState } from "./auth-state.ts";
import type { SenderKeyStore } from "./sender-key-store.ts";
import type { SignalStore } from "./signal-store.ts";

export type MakeRepository = SocketConfig["makeSignalRepository"];
type Repository = ReturnType<MakeRepository>;

/** What of Baileys' repository takes messages in, which is the journal's. */
type Inbound = "decryptMessage" | "decryptGroupMessage" | "processSenderKeyDistributionMessage";

/** Baileys' port to the Signal protocol, on our store, but for what comes in. */
export function signalRepository(
  store: SignalStore,
  senderKeys: SenderKeyStore,
  auth: () => AuthState,
  ...[, logger, findLids]: Parameters<MakeRepository>
): Omit<Repository, Inbound> {
  const lidMapping = new LIDMappingStore(mappingKeys(auth), logger, findLids);
  const keep = lidMapping.storeLIDPNMappings.bind(lidMapping);
  // Baileys takes an own number beside a recipient's LID for one person.
  lidMapping.storeLIDPNMappings = (pairs) => {
    const { me } = auth().creds;
    const own = { id: me?.id ?? "", lid: me?.lid ?? null };
    return keep(pairs.filter(({ pn, lid }) => !mixesOwn(pn, lid, own)));
  };
  return {
    lidMapping,
    encryptMessage: ({ jid, data }) => store.encrypt(jid, data),
    encryptGroupMessage: async ({ group, meId, data }) => {
      const { ciphertext, distribution } = await senderKeys.encrypt(group, meId, data);
      return { ciphertext, senderKeyDistributionMessage: distribution };
    },
    getSenderKeyDistributionMessage: ({ group, meId }) => senderKeys.distribution(group, meId),
    hasSenderKey: ({ group, meId }) => senderKeys.has(group, meId),
    getSessionInfo: async (jid) => (await store.inspect(jid)).open,
    injectE2ESession: ({ jid, session: { registrationId, identityKey, signedPreKey, preKey } }) =>
      store.start(jid, {
        registrationId,
        identity: rawPublicKey(identityKey),
        signedPreKey: {
          id: signedPreKey.keyId,
          key: rawPublicKey(signedPreKey.publicKey),
          signature: signedPreKey.signature,
        },
        preKey: preKey ? { id: preKey.keyId, key: rawPublicKey(preKey.publicKey) } : null,
      }),
    jidToSignalProtocolAddress: (jid) => signalAddress(deviceName(jid)),
    validateSession: async (jid) => {
      const { open, size } = await store.inspect(jid);
      return open ? { exists: true } : { exists: false, reason: size === 0 ? "no session" : "no open session" };
    },
    deleteSession: (jids) => store.close(jids),
    // Whoever reads the sessions of a LID reads those of its number too, and writes them in one place.
    migrateSession: async () => ({ migrated: 0, skipped: 0, total: 0 }),
    close: () => lidMapping.close(),
  };
}

/** The names of people have no ratchets: each write of theirs is whole by itself. */
function mappingKeys(auth: () => AuthState): SignalKeyStoreWithTransaction {
  return {
    get: (type, ids) => auth().read(type, ids),
    set: async (keys) => auth().write({ keys }),
    isInTransaction: () => false,
    transaction: (work) => work(),
  };
}
