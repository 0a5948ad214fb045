import { RedisClient } from "bun";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";
import { sourceText } from "./source-file.ts";

/** How long a Redis may take to let us in. */
const patienceMs = 10_000;

/**
 * What a Redis hash holds of a device: `creds` and a field for each key, as fazer's baileys-api and Evolution with
 * CACHE_REDIS_ENABLED write them. From a file with what `redis-cli --json HGETALL <key>` prints, or from the server: the part of
 * the address behind `#` names the hash. Throws `invalid`.
 */
export async function redisFiles(from: string): Promise<SessionFiles> {
  const fields = /^rediss?:/.test(from) ? await fromServer(from) : fromFile(from);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields) || Object.keys(fields).length === 0)
    throw new Failure("invalid", `${nameless(from)} holds no fields: name the hash of one device.`);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

function fromFile(path: string): unknown {
  try {
    return JSON.parse(sourceText(path));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("invalid", `${path} is no JSON: write what redis-cli --json HGETALL prints into it.`);
  }
}

async function fromServer(address: string): Promise<unknown> {
  const url = URL.parse(address);
  if (url === null) throw new Failure("invalid", `${nameless(address)} is no address of a Redis.`);
  const hash = decodeURIComponent(url.hash.slice(1));
  if (hash === "")
    throw new Failure(
      "invalid",
      "Name the hash behind #, e.g. redis://127.0.0.1:6379/0#@baileys-api:connections:628…:authState.",
    );
  url.hash = "";
  // One attempt: whoever waits for the answer sees to it that the server runs.
  const client = new RedisClient(url.href, { autoReconnect: false, connectionTimeout: patienceMs });
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
const nameless = (from: string): string => from.replace(/\/\/[^/?#]*@/, "//");
