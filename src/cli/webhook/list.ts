import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../config/config.ts";
import type { Endpoint } from "../../core/ports/endpoint.ts";
import { systemClock } from "../../composition/system.ts";
import { print } from "../base/command.ts";
import { withStore } from "../base/data-folder.ts";

/** The webhooks in the data folder; none when there is no folder yet. */
export async function keptWebhooks(): Promise<Endpoint[]> {
  const { sessionsDir } = loadConfig();
  if (!existsSync(join(sessionsDir, "merpati.sqlite"))) return [];
  return withStore(sessionsDir, (store) => store.endpoints.list());
}

export async function listWebhooks(): Promise<void> {
  const webhooks = await withStore(loadConfig().sessionsDir, (store) => store.endpoints.list());
  if (webhooks.length === 0) print("There are no webhooks. Set WEBHOOK_URL and start the bot, or POST /v1/webhooks.");
  for (const { id, tenant, url, events, state, reason, origin, secrets, failingSince } of webhooks) {
    print(`${id}  ${state}${reason === null ? "" : ` (${reason})`}`);
    print(`  url     ${url}`);
    print(`  events  ${events.join(", ")}`);
    print(`  from    ${origin === "environment" ? "WEBHOOK_URL" : `the API, tenant ${tenant}`}`);
    if (failingSince !== null) print(`  fails   since ${new Date(failingSince).toISOString()}`);
    const signing = secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > systemClock.now());
    for (const { secret, expiresAt } of signing) {
      print(`  secret  ${secret}${expiresAt === null ? "" : ` (until ${new Date(expiresAt).toISOString()})`}`);
    }
  }
}
