import { expect, test } from "bun:test";
import { el } from "../../src/simulator/index.ts";
import { startBot } from "../harness.ts";

const nowhere = "ws://127.0.0.1:9";

/** Runs `merpati doctor` on the folder of a bot. */
async function doctor(folder: string): Promise<string> {
  const main = new URL("../../src/main.ts", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, main, "doctor"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      SESSIONS_DIR: folder,
      WHATSAPP_URL: nowhere,
      WHATSAPP_ROOT_KEY: "0".repeat(64),
    },
    cwd: folder,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  if (err !== "") throw new Error(err);
  return out;
}

test("merpati doctor lists what the bot did not know, by name and count and without contents", async () => {
  await using bot = await startBot();
  expect(await doctor(bot.folder)).toEndWith("\nNothing unknown has come from WhatsApp so far.\n");
  await bot.link();
  const [linked] = bot.phone.linkedDevices();
  const device = linked?.jid ?? "";
  const from = bot.contact().jid;
  bot.sim.raw.send(device, el("hologram", { from, id: "H" }));
  for (const id of ["N1", "N2"])
    bot.sim.raw.send(device, el("notification", { from, id, type: "quantum_leap", t: "1796076301" }));
  const { id } = await bot.contact().says("a secret word", { to: bot.phone });
  await bot.next("message.received", (event) => event.data.id === id);
  await bot.stop();
  const said = await doctor(bot.folder);
  expect(said).toContain("Stanzas\n  hologram  1, last ");
  expect(said).toContain("Types of notifications\n  quantum_leap  2, last ");
  expect(said).not.toContain(bot.contact().number);
});
