import { join } from "node:path";

/** Where the counts of what nobody knows yet are kept. */
export const unknownNamesFile = (sessionsDir: string): string => join(sessionsDir, "unknown-names.json");
