import type { Scope } from "../../core/model/scopes.ts";

/**
 * What a call may bring. `none`: nothing. `json`: up to 1 MB. `file`: JSON up to 8 MB, a form, or the file itself.
 * `bulk`: JSON of many messages. `table`: text or a form with a file of it. `stream`: a file, which goes to the disk as it comes.
 */
export type BodyClass = "none" | "json" | "file" | "bulk" | "table" | "stream";

/** What the gate knows of a route before a byte of the body is read. */
export interface Row {
  /** What the caller's key must have. */
  readonly scope: Scope;
  /** Whether it must be an admin key besides. */
  readonly admin?: true;
  readonly body: BodyClass;
  /** What the audit calls the act; null for one that changes nothing. */
  readonly audit: string | null;
}

/** By method and path, `POST /v1/devices/:id/start`. */
export type Table = Readonly<Record<string, Row>>;

/** Changes nothing. */
export const read: Row = { scope: "read", body: "none", audit: null };
/** The same, with a question too long for an address. */
export const ask: Row = { scope: "read", body: "json", audit: null };

const acting =
  (scope: Row["scope"]) =>
  (audit: string, body: BodyClass = "none"): Row => ({ scope, body, audit });

export const send = acting("send");
export const manage = acting("manage");
export const administer = (audit: string, body?: BodyClass): Row => ({ ...manage(audit, body), admin: true });
/** Changes nothing, and only an admin key may see it. */
export const adminRead: Row = { ...read, admin: true };
/** Changes nothing, and shows what only those who manage may see. */
export const manageRead: Row = { scope: "manage", body: "none", audit: null };
