import { createHash } from "node:crypto";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";

/** A server that runs writes more often than that: it answers WhatsApp's pings, and its keys move with each message. */
const apartMs = 10_000;

/** What `read` gives, twice and ten seconds apart. Throws `conflict` when it moved: its server still runs. */
export async function readTwice(read: () => Promise<SessionFiles>, clock: Clock): Promise<SessionFiles> {
  const before = digestOf(await read());
  await new Promise<void>((done) => clock.after(apartMs, done));
  const files = await read();
  if (digestOf(files) === before) return files;
  throw new Failure(
    "conflict",
    "What is to be imported changed within ten seconds, so its server still runs: stop it for good, then import again.",
  );
}

function digestOf(files: SessionFiles): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).toSorted()) hash.update(`${name}\0${files[name] ?? ""}\0`);
  return hash.digest("hex");
}
