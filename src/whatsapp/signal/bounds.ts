/**
 * What a record may hold, and how far a message may reach ahead. A contact, or whoever forges his messages, can make
 * nothing grow beyond these. The first five are those of Signal's own implementations, whose records are the usual peer.
 */

/** Receiving chains a session: one for each of the last turns of the other side. */
export const maxReceivingChains = 5;
/** Keys of messages that did not arrive yet: in all chains of a session together, and in one state of a sender key. */
export const maxSkippedKeys = 2_000;
/** Sessions that are kept beside the newest one, for what is still on its way. */
export const maxOldSessions = 40;
/** States of one author's sender key in one group: one for each rotation. */
export const maxSenderKeyStates = 5;
/** How many messages a sender key may be ahead of what was read last; the author's signature is checked before. */
export const maxSenderKeyJump = 25_000;
/** How many messages a session's chain may be ahead: what is forged is found out after the keys in between are made. */
export const maxChainJump = 2_000;
/**
 * How many steps of chains one message may cost in all the sessions that are tried for it: one that is forged could else
 * make each of forty step two thousand times.
 */
export const maxTrialSteps = 20_000;
