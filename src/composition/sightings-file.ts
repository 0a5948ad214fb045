import { join } from "node:path";

/** Where the counts of what nobody knows yet are kept. */
export const sightingsFile = (sessionsDir: string): string => join(sessionsDir, "sightings.json");
