import { expect, test } from "bun:test";
import { folder } from "../store/house.ts";

const bot = new URL("uncaught-bot.ts", import.meta.url).pathname;

/** Runs a bot in which something throws as soon as it listens, in the way that `how` says. */
async function broken(how: string) {
  const dir = folder();
  const env = { SESSIONS_DIR: dir, PLUGINS_DIR: `${dir}/plugins`, HOW: how };
  const child = Bun.spawn([process.execPath, bot], { env, stdout: "pipe", stderr: "pipe" });
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, exit };
}

test.each(["timer", "rejection", "microtask"])(
  "what nobody catches is logged clean, then the bot stops in order: %s",
  async (how) => {
    const { out, err, exit } = await broken(how);
    expect(exit).toBe(1);
    expect(out).toContain("an error that nobody caught");
    expect(out).toContain('"msg":"stopping"');
    expect(out).toContain("…@s.whatsapp.net");
    expect(`${out}${err}`).not.toContain("628123456789");
  },
);
