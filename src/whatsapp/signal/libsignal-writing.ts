import { skippedKeys, skippedLength } from "./bytes.ts";
import type { SenderKeyState } from "./sender-key-record.ts";
import type { ReceivingChain, SessionState } from "./session-state.ts";
import { typedPublicKey } from "./x25519.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const open = (key: Buffer): string => text(typedPublicKey(key));
/** Whose key a session was begun with. */
const ours = 1;
const theirs = 2;

/** Sessions, newest first, as libsignal stores them; the JSON that `libsignalSessions` reads. Each has a chain to write on. */
export function libsignalRecord(sessions: readonly SessionState[], isOpen: boolean): object {
  const entries = sessions.map((session, age) => [
    open(session.baseKey),
    sessionJson(session, sessions.length - age, isOpen && age === 0),
  ]);
  return { _sessions: Object.fromEntries(entries), version: "v1" };
}

/** `used` orders them: times would do, and their order is all that is known. */
function sessionJson(session: SessionState, used: number, isOpen: boolean): object {
  const { ownRatchet, sending, pending, receiving } = session;
  if (!ownRatchet || !sending) throw new Error("a session that leaves has a chain to write on");
  const own = open(ownRatchet.public);
  const last = receiving.at(-1);
  return {
    registrationId: session.remoteRegistrationId,
    currentRatchet: {
      ephemeralKeyPair: { pubKey: own, privKey: text(ownRatchet.private) },
      // Before anything came there is no chain under any key.
      lastRemoteEphemeralKey: open(last?.ratchetKey ?? session.baseKey),
      previousCounter: session.previousCounter,
      rootKey: text(session.root),
    },
    indexInfo: {
      baseKey: open(session.baseKey),
      baseKeyType: pending ? ours : theirs,
      closed: isOpen ? -1 : used,
      used,
      created: used,
      remoteIdentityKey: open(session.remoteIdentity),
    },
    _chains: {
      ...Object.fromEntries(receiving.map((chain) => [open(chain.ratchetKey), receivingJson(chain)])),
      [own]: { chainKey: { counter: sending.next - 1, key: text(sending.key) }, chainType: ours, messageKeys: {} },
    },
    ...(pending && {
      pendingPreKey: {
        signedKeyId: pending.signedPreKeyId,
        baseKey: open(session.baseKey),
        ...(pending.preKeyId !== null && { preKeyId: pending.preKeyId }),
      },
    }),
  };
}

const receivingJson = ({ key, next, skipped }: ReceivingChain): object => ({
  chainKey: { counter: next - 1, ...(key && { key: text(key) }) },
  chainType: theirs,
  messageKeys: Object.fromEntries(passed(skipped).map(([counter, seed]) => [counter, text(seed)])),
});

/** States of somebody else's sender key, newest first, as Baileys stores them. */
export function libsignalSenderKey(states: readonly SenderKeyState[]): object[] {
  const bytes = (data: Uint8Array) => ({ type: "Buffer", data: text(data) });
  return states.toReversed().map(({ keyId, signingKey, chainKey, next, skipped }) => ({
    senderKeyId: keyId,
    senderChainKey: { iteration: next, seed: bytes(chainKey) },
    senderSigningKey: { public: bytes(typedPublicKey(signingKey)) },
    senderMessageKeys: passed(skipped).map(([iteration, seed]) => ({ iteration, seed: bytes(seed) })),
  }));
}

function passed(block: Buffer): [number, Buffer][] {
  return Array.from({ length: skippedKeys.count(block) }, (_, place) => [
    block.readUInt32BE(place * skippedLength),
    skippedKeys.key(block, place),
  ]);
}
