/** Why a message cannot be read, each with a sentence. A closed list. */
export const whyUndecryptable = {
  no_session: "No session with this sender, or no key of theirs for this group, is known here.",
  already_read: "Its key was used before.",
  forged: "It is not from whom it says, or was altered.",
  unknown_pre_key: "It was sealed to a key that is spent, or was never this device's.",
  too_far_ahead: "Too many messages before it are missing.",
  malformed: "It is no message of the Signal protocol's version 3, or says nothing that can be read.",
  damaged_record: "A stored key does not read.",
  sender_missing: "Its stanza names no sender.",
  participant_missing: "It is for many, and its stanza does not say of whom.",
  unknown_server: "It is from a server that is not known here.",
  other_recipient: "It is for another account.",
  before_decryption: "It was refused before anything was decrypted, by what stands beside the words.",
  empty: "It holds nothing.",
  no_question: "It answers a question that is not known here.",
} as const;
export type UndecryptableCause = keyof typeof whyUndecryptable;
export const undecryptableCauses = Object.keys(whyUndecryptable) as UndecryptableCause[];
