import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { openedBytes, sealedBytes, storedName } from "../seal/sealed-files.ts";
import type { FileSeal } from "../seal/sealing.ts";
import type { SealDirection } from "./rows.ts";

/**
 * Seals every file of messages, or opens it, each under a name that says which it is: what is interrupted goes on. The old
 * file goes once the new one is on disk.
 */
export async function convertFiles(
  dir: string,
  seal: FileSeal,
  to: SealDirection,
  show: (done: number, of: number) => void,
): Promise<void> {
  const folder = join(dir, "media");
  if (!existsSync(folder)) return;
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const name of all) if (name.startsWith("unfinished-")) rmSync(join(folder, name), { force: true });
  const from = to === "sealed" ? /^[0-9a-f]{2}[/\\]([0-9a-f]{64})$/ : /^[0-9a-f]{2}[/\\]([0-9a-f]{64})\.[0-9a-f]{8}$/;
  const files = all.flatMap((name) => {
    const sha256 = from.exec(name)?.[1];
    return sha256 === undefined ? [] : [{ sha256, path: join(folder, name) }];
  });
  for (const [place, { sha256, path }] of files.entries()) {
    const target = join(folder, sha256.slice(0, 2), storedName(sha256, to === "sealed" ? seal : null));
    const draft = join(folder, `unfinished-${sha256}`);
    const plain = createReadStream(path) as AsyncIterable<Uint8Array>;
    await write(draft, to === "sealed" ? sealedBytes(plain, seal) : openedBytes(path, seal));
    renameSync(draft, target);
    rmSync(path);
    show(place + 1, files.length);
  }
}

async function write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const writer = Bun.file(path).writer({ highWaterMark: 1 << 20 });
  try {
    for await (const chunk of bytes) {
      await writer.write(chunk);
      await writer.flush();
    }
  } finally {
    await writer.end();
  }
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
