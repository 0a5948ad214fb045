/** One act somebody was answerable for. Never holds a key, a phone number or a text. */
export interface AuditEntry {
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

export interface AuditQuery {
  /** Only this tenant's. */
  tenant?: string;
  /** Only those before the entry with this id. */
  before?: string;
  limit: number;
}

export interface Audit {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditEntry[]>;
}
