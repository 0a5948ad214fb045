import { numberBytes, skippedKeys } from "../signal/bytes.ts";
import { maxReceivingChains, maxSenderKeyStates, maxSkippedKeys } from "../signal/bounds.ts";
import type { SenderKeyState } from "../signal/sender-key-record.ts";
import type { ReceivingChain, SessionState } from "../signal/session-state.ts";
import { rawPublicKey } from "../signal/x25519.ts";

/** Records as go.mau.fi/libsignal 0.2.2 stores them, JSON whose bytes are base64. Learned from records that it wrote. */
interface GoRecord {
  SessionState: GoSession | null;
  PreviousStates: GoSession[] | null;
}

interface GoSession {
  PendingPreKey: { PreKeyID: { Value: number; IsEmpty: boolean } | null; SignedPreKeyID: number } | null;
  PreviousCounter: number;
  ReceiverChains: GoChain[] | null;
  RemoteIdentityPublic: string;
  RemoteRegistrationID: number;
  RootKey: string;
  SenderBaseKey: string;
  SenderChain: GoChain;
}

interface GoChain {
  SenderRatchetKeyPublic: string;
  SenderRatchetKeyPrivate: string | null;
  /** `Index`: of the next message. */
  ChainKey: { Key: string; Index: number };
}

interface GoSenderKeyState {
  Keys: { Iteration: number; Seed: string }[] | null;
  KeyID: number;
  SenderChainKey: { Iteration: number; ChainKey: string };
  SigningKeyPrivate: string;
  SigningKeyPublic: string;
}

const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");
const key = (base64: string): Buffer => rawPublicKey(bytes(base64));
/** -1 in 32 bits without a sign: nothing was written before. */
const none = 0xff_ff_ff_ff;

/** Newest first. Keys of messages that did not come yet are stored as what follows from them, and left out. */
export function goSessions(stored: Buffer): { sessions: SessionState[]; isOpen: boolean } {
  const { SessionState: current, PreviousStates: previous } = JSON.parse(stored.toString()) as GoRecord;
  const isOpen = current !== null && current.RootKey !== "" && current.SenderChain !== null;
  const all = [...(isOpen ? [current] : []), ...(previous ?? [])];
  return { sessions: all.map(sessionOf), isOpen };
}

function sessionOf(session: GoSession): SessionState {
  const { SenderChain: sender, PendingPreKey: pending, PreviousCounter: previous } = session;
  const receivers = (session.ReceiverChains ?? []).slice(-maxReceivingChains);
  return {
    remoteIdentity: key(session.RemoteIdentityPublic),
    remoteRegistrationId: session.RemoteRegistrationID,
    baseKey: key(session.SenderBaseKey),
    root: bytes(session.RootKey),
    ownRatchet: { public: key(sender.SenderRatchetKeyPublic), private: bytes(sender.SenderRatchetKeyPrivate ?? "") },
    sending: { key: bytes(sender.ChainKey.Key), next: sender.ChainKey.Index },
    previousCounter: previous === none ? 0 : previous,
    receiving: receivers.map((chain, place) => receivingOf(chain, place === receivers.length - 1)),
    pending: pending && {
      preKeyId: pending.PreKeyID && !pending.PreKeyID.IsEmpty ? pending.PreKeyID.Value : null,
      signedPreKeyId: pending.SignedPreKeyID,
    },
  };
}

/** Only the newest chain goes on. */
function receivingOf({ SenderRatchetKeyPublic: open, ChainKey: chain }: GoChain, isNewest: boolean): ReceivingChain {
  return {
    ratchetKey: key(open),
    key: isNewest ? bytes(chain.Key) : null,
    next: chain.Index,
    skipped: skippedKeys.none,
  };
}

/** Newest first. */
export function goSenderKeys(stored: Buffer): SenderKeyState[] {
  const { SenderKeyStates: states } = JSON.parse(stored.toString()) as { SenderKeyStates: GoSenderKeyState[] };
  return states.slice(0, maxSenderKeyStates).map(senderKeyOf);
}

function senderKeyOf(state: GoSenderKeyState): SenderKeyState {
  const secret = bytes(state.SigningKeyPrivate);
  const passed = (state.Keys ?? [])
    .map(({ Iteration: iteration, Seed: seed }) => [iteration, bytes(seed)] as const)
    .toSorted(([a], [b]) => a - b)
    .slice(-maxSkippedKeys);
  return {
    keyId: state.KeyID,
    signingKey: key(state.SigningKeyPublic),
    // Zeros stand for none.
    secret: secret.length === 32 && secret.some((byte) => byte !== 0) ? { kind: "scalar", bytes: secret } : null,
    chainKey: bytes(state.SenderChainKey.ChainKey),
    next: state.SenderChainKey.Iteration,
    skipped: Buffer.concat(passed.flatMap(([iteration, seed]) => [numberBytes(iteration), seed])),
  };
}
