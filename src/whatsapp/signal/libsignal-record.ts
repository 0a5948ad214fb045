import { maxReceivingChains, maxSkippedKeys } from "./bounds.ts";
import { numberBytes, skippedKeys } from "./bytes.ts";
import type { ReceivingChain, SessionState } from "./session-state.ts";
import { SignalError } from "./signal-error.ts";
import { rawPublicKey } from "./x25519.ts";

/** Libsignal's JSON, as its versions 2 to 6 store it; bytes are base64. Learned from records that it wrote. */
interface LibsignalSession {
  registrationId?: number;
  currentRatchet: {
    ephemeralKeyPair: { pubKey: string; privKey: string };
    lastRemoteEphemeralKey: string;
    previousCounter: number;
    rootKey: string;
  };
  /** `closed` is -1 in the open one, else a time like `used`. */
  indexInfo: { baseKey: string; closed: number; used: number; remoteIdentityKey: string };
  _chains: Record<string, LibsignalChain>;
  pendingPreKey?: { signedKeyId: number; baseKey: string; preKeyId?: number };
}

interface LibsignalChain {
  /** `counter` is that of the last message, -1 at the beginning; a chain that ended has no key. */
  chainKey: { counter: number; key?: string };
  /** 1: ours, 2: theirs. */
  chainType: number;
  /** By counter. */
  messageKeys: Record<string, string>;
}

/** The sessions of a record of libsignal's, newest first, cut down to our bounds. Throws `damaged_record`. */
export function libsignalSessions(json: string): { sessions: SessionState[]; open: boolean } {
  try {
    const { _sessions } = JSON.parse(json) as { _sessions: Record<string, LibsignalSession> };
    const rank = ({ indexInfo: { closed, used } }: LibsignalSession) => (closed === -1 ? Infinity : used);
    const found = Object.values(_sessions).sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
    return { sessions: found.map(sessionOf), open: found[0]?.indexInfo.closed === -1 };
  } catch (cause) {
    if (cause instanceof SignalError && cause.code === "damaged_record") throw cause;
    throw new SignalError("damaged_record", "A session record of libsignal does not read.", { cause });
  }
}

const bytesOf = (base64: string): Buffer => Buffer.from(base64, "base64");
const publicOf = (base64: string): Buffer => rawPublicKey(bytesOf(base64));

function sessionOf(session: LibsignalSession): SessionState {
  const { currentRatchet: ratchet, indexInfo, pendingPreKey, registrationId, _chains: chains } = session;
  const own = ratchet.ephemeralKeyPair;
  const sending = chains[own.pubKey]?.chainKey;
  return {
    remoteIdentity: publicOf(indexInfo.remoteIdentityKey),
    remoteRegistrationId: registrationId ?? 0,
    baseKey: publicOf(indexInfo.baseKey),
    root: bytesOf(ratchet.rootKey),
    ownRatchet: { public: publicOf(own.pubKey), private: bytesOf(own.privKey) },
    sending: sending?.key === undefined ? null : { key: bytesOf(sending.key), next: sending.counter + 1 },
    previousCounter: Math.max(0, ratchet.previousCounter),
    receiving: receivingOf(session),
    pending: pendingPreKey
      ? { preKeyId: pendingPreKey.preKeyId ?? null, signedPreKeyId: pendingPreKey.signedKeyId }
      : null,
  };
}

/** In the order of their turns, which is the one they stand in; the newest ones, and of their skipped keys the newest. */
function receivingOf({ _chains, currentRatchet }: LibsignalSession): ReceivingChain[] {
  const theirs = Object.entries(_chains).filter(([, { chainType }]) => chainType === 2);
  const isLast = ([key]: [string, LibsignalChain]) => key === currentRatchet.lastRemoteEphemeralKey;
  const ordered = [...theirs.filter((chain) => !isLast(chain)), ...theirs.filter(isLast)].slice(-maxReceivingChains);
  let room = maxSkippedKeys;
  const newestFirst = ordered.toReversed().map(([ratchetKey, { chainKey, messageKeys }], age): ReceivingChain => {
    const passed = Object.entries(messageKeys)
      .map(([counter, key]) => [Number(counter), bytesOf(key)] as const)
      .sort(([a], [b]) => a - b)
      .slice(room === 0 ? Infinity : -room);
    room -= passed.length;
    const skipped = Buffer.concat(passed.flatMap(([counter, key]) => [numberBytes(counter), key]));
    const key = age === 0 && chainKey.key !== undefined ? bytesOf(chainKey.key) : null;
    return {
      ratchetKey: publicOf(ratchetKey),
      key,
      next: chainKey.counter + 1,
      skipped: passed.length > 0 ? skipped : skippedKeys.none,
    };
  });
  return newestFirst.toReversed();
}
