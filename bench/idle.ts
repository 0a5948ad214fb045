/** What a linked device costs that is connected and says nothing, at 1, 20 and 100 of them. `bun bench/idle.ts [counts…]` */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";
import { round, type Row, show } from "./table.ts";

export async function idle(counts: readonly number[] = [1, 20, 100]): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "merpati-idle-"));
  const world = new Child("./fleet-world.ts");
  const { url, rootKey } = await world.call<{ url: string; rootKey: string }>("where");
  const bot = new Child("./fleet-bot.ts", {
    WHATSAPP_URL: url,
    WHATSAPP_ROOT_KEY: rootKey,
    SESSIONS_DIR: folder,
    PLUGINS_DIR: join(folder, "plugins"),
    API_KEY: "a-key-for-the-bench-0123456789",
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "error",
  });
  const bare = await bot.call<number>("rss");
  const rows: Row[] = [{ what: "idle, the bot before anything is linked", value: round(bare / 1e6), unit: "MB" }];
  let linked = 0;
  for (const count of counts) {
    for (; linked < count; linked++) {
      const id = linked === 0 ? "default" : `device-${linked}`;
      await world.call("scan", { place: linked, qr: await bot.call<string>("qr", id) });
    }
    await bot.call("connected", count);
    const value = round(((await bot.call<number>("rss")) - bare) / 1e6 / count, 2);
    rows.push({ what: `idle, a device of ${count}`, value, unit: "MB" });
  }
  await bot.kill();
  await world.kill();
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

if (import.meta.main) {
  const counts = process.argv.slice(2).map(Number);
  show(await idle(...(counts.length > 0 ? [counts] : [])));
  process.exit(0);
}
