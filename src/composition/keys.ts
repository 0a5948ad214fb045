import type { Config } from "../config/config.ts";
import { hashKey, newKey, prefixOf } from "../core/access/keys.ts";
import type { Log } from "../core/base/log.ts";
import { scopes } from "../core/model/scopes.ts";
import type { KeyRecord, Keys } from "../core/ports/keys.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import { ids, systemClock } from "./system.ts";

/** Says once which keys of an older Merpati may do something else now. */
export async function nameUpdated(keys: Keys, log: Log): Promise<void> {
  for (const { id, name, scopes: granted } of await keys.takeUpdated()) {
    const now = granted.includes("admin")
      ? "is an admin key: it had no tenant and every scope"
      : `is no admin key any more: it had no tenant and the scopes ${granted.join(", ")} only, which bind it now`;
    log.warn({ key: id }, `The key "${name}" ${now}. \`merpati key list\` shows every key.`);
  }
}

/** The first start makes a key, unless the operator gave one or wants none. */
export async function adminKey(keys: Keys, config: Config): Promise<string | null> {
  if (config.apiKey !== null || config.auth === "off" || (await keys.list()).length > 0) return null;
  const key = newKey();
  const record: KeyRecord = {
    id: ids.message(),
    tenant: homeTenant,
    name: "first start",
    hash: hashKey(key),
    scopes: [...scopes, "admin"],
    devices: null,
    prefix: prefixOf(key),
    createdBy: null,
    createdAt: systemClock.now(),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  };
  await keys.create(record);
  return key;
}
