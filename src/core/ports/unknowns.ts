/** What can be unknown of what WhatsApp sends. `operation` is of a mex notification, `field` of a protobuf. */
export const unknownKinds = ["tag", "notification", "operation", "encryption", "attribute", "child", "field"] as const;
export type UnknownKind = (typeof unknownKinds)[number];

/** Something unknown that was met: its name and how often, and nothing of what it said. */
export interface UnknownName {
  readonly kind: UnknownKind;
  /** As in the protocol: `hologram`, `message/sparkle`, `Message 118`. */
  readonly name: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Counts what is unknown. */
export interface UnknownCounter {
  count(kind: UnknownKind, name: string): void;
}
