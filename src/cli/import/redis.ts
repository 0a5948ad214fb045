import { readFileSync } from "node:fs";
import { RedisClient } from "bun";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";

/**
 * What a Redis hash holds of a device: `creds` and a field for each key, as fazer's baileys-api and Evolution with
 * CACHE_REDIS_ENABLED write them. From a file with what `redis-cli --json HGETALL <key>` prints, or from the server: the part of
 * the address behind `#` names the hash. Throws `invalid`.
 */
export async function redisFiles(from: string): Promise<SessionFiles> {
  const fields = /^rediss?:/.test(from) ? await fromServer(from) : (JSON.parse(readFileSync(from, "utf8")) as unknown);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields) || Object.keys(fields).length === 0)
    throw new Failure("invalid", `${nameless(from)} holds no fields: name the hash of one device.`);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

async function fromServer(address: string): Promise<unknown> {
  const url = new URL(address);
  const hash = decodeURIComponent(url.hash.slice(1));
  if (hash === "")
    throw new Failure(
      "invalid",
      "Name the hash behind #, e.g. redis://127.0.0.1:6379/0#@baileys-api:connections:628…:authState.",
    );
  url.hash = "";
  const client = new RedisClient(url.href);
  try {
    return await client.hgetall(hash);
  } catch (error) {
    throw new Failure(
      "unavailable",
      `${nameless(address)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    client.close();
  }
}

/** Without user name and password. */
const nameless = (from: string): string => from.replace(/\/\/[^@/]*@/, "//");
