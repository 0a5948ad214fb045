/** What a key may be given. */
export const scopes = ["read", "send", "manage"] as const;
/** `admin` is asked for by a word of its own; it opens the administration, in which the others bind as well. */
export type Scope = (typeof scopes)[number] | "admin";
