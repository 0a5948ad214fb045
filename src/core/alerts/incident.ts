import type { RuleName } from "./rules.ts";

/** Something that went wrong, from when it was noticed until it was over. Times are milliseconds since 1970. */
export interface Incident {
  readonly id: string;
  readonly rule: RuleName;
  readonly subject: string;
  readonly sentence: string;
  readonly openedAt: number;
  readonly endedAt: number | null;
}

/** What is kept of it besides, to tell each channel once. */
export interface KeptIncident extends Incident {
  /** When its condition was last there. */
  readonly seenAt: number;
  /** Names of channels that were told of its beginning, and of its end. */
  readonly toldOpened: readonly string[];
  readonly toldEnded: readonly string[];
}

export const incidentKey = ({ rule, subject }: Pick<Incident, "rule" | "subject">): string => `${rule} ${subject}`;
