/** One act somebody was answerable for. Never holds a key, a phone number or a text. */
export interface NewAuditEntry {
  /** UUIDv7. */
  id: string;
  at: number;
  /** Whose things it was about; null when nobody's in particular. */
  tenant: string | null;
  /** `admin`, the id of a key, or `unknown`. */
  actor: string;
  /** Where the call came from; null for the command line. */
  address: string | null;
  /** `device.start`, `key.create`, … */
  action: string;
  /** The id of the device, key or tenant. */
  subject: string | null;
}

/** The same act by the same caller within an hour is one entry. */
export interface AuditEntry extends NewAuditEntry {
  count: number;
  /** When the last of them was; null for a single one. */
  lastAt: number | null;
}

export interface AuditQuery {
  /** Only this tenant's. */
  tenant?: string;
  /** Only what this one did. */
  actor?: string;
  /** An act; `*` stands for any part of it: `device.*`, `*.refused`. */
  action?: string;
  /** Only what was done to this device, key, webhook or tenant. */
  subject?: string;
  /** When it began, milliseconds since 1970, both included. */
  since?: number;
  until?: number;
  /** Only those before the entry with this id. */
  before?: string;
  limit: number;
}

export interface Audit {
  record(entry: NewAuditEntry): Promise<void>;
  /** Writes the counts that are not written yet. */
  flush(): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditEntry[]>;
}
