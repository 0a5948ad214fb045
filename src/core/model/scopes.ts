export const scopes = ["read", "send", "manage"] as const;
export type Scope = (typeof scopes)[number];
