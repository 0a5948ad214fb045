/** Why a message was not encrypted or decrypted. */
export type SignalErrorCode =
  /** There is no session, or no open one, or no sender key. */
  | "no_session"
  /** The message, or another one with its number, was read before. */
  | "already_read"
  /** It is not from whom it says, or was altered: the MAC or the signature is wrong. */
  | "forged"
  /** It names a one-time or signed pre-key that is spent or was never ours. */
  | "unknown_pre_key"
  /** It is too far ahead of what was read last. */
  | "too_far_ahead"
  /** It is no message of the protocol's version 3. */
  | "malformed"
  /** A stored record does not read. */
  | "damaged_record";

/** A message or record that the Signal protocol refuses. The text has no key and no plaintext in it. */
export class SignalError extends Error {
  override readonly name = "SignalError";

  constructor(
    readonly code: SignalErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An invariant of the protocol's state; one that does not hold is a fault of ours and nothing is written. */
export function assertState(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new SignalError("damaged_record", `Invariant broken: ${invariant}.`);
}
