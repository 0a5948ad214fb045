import type { Audit, AuditEntry } from "../../core/ports/audit.ts";
import type { Disk } from "../sqlite/disk.ts";

export function auditOn(disk: Disk): Audit {
  const insert = disk.prepare("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)");
  // Ids are UUIDv7: in the order of time.
  const some = disk.prepare<AuditEntry, [string | null, string | null, string | null, string | null, number]>(
    `SELECT id, at, tenant, actor, address, action, subject FROM audit
     WHERE (? IS NULL OR tenant = ?) AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?`,
  );
  return {
    record: async ({ id, at, tenant, actor, address, action, subject }) =>
      disk.write(() => void insert.run(id, at, tenant, actor, address, action, subject)),
    list: async ({ tenant = null, before = null, limit }) =>
      disk.read(() => some.all(tenant, tenant, before, before, limit)),
  };
}
