import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBot } from "../harness.ts";
import { merpatiPlugin } from "./command.ts";
import { House } from "./house.ts";

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

const keeper = `export default { name: "keeper", permissions: ["store"], enabled: false, setup({ command, store }) {
  command("keep <what:text>", ({ args }) => store.set("kept", args.what));
  command("kept", async ({ reply }) => reply(String(await store.get("kept"))));
} };`;

async function keeping(): Promise<House> {
  house = await House.open({ "keeper.ts": keeper });
  await house.host.enable("keeper");
  await house.says("!keep this");
  return house;
}

test("uninstalled is gone with what it stored; what it stored can be kept for its return, but not that it was on", async () => {
  const { host, services, dir } = await keeping();
  await host.uninstall("keeper", { keepData: true });
  expect([host.list(), existsSync(`${dir}/keeper.ts`)]).toEqual([[], false]);
  await Bun.write(`${dir}/keeper.ts`, keeper);
  await host.scan();
  expect(house?.state("keeper")).toBe("off");
  await host.enable("keeper");
  await house?.says("!kept");
  expect(house?.texts()).toEqual(["this"]);
  await host.uninstall("keeper");
  expect(await services.data.get("keeper", "kept")).toBeNull();
});

test("one that does not load can be uninstalled by the name of its file, a folder is deleted whole", async () => {
  house = await House.open({ "broken.ts": "export default {\n", "many/index.ts": "nonsense(", "many/more.ts": "" });
  expect(house.host.list().map(({ name }) => name)).toEqual(["broken.ts", "many"]);
  await house.host.uninstall("broken.ts");
  await house.host.uninstall("many");
  expect([existsSync(`${house.dir}/broken.ts`), existsSync(`${house.dir}/many`)]).toEqual([false, false]);
});

const remove = (folder: string, sessions: string, ...args: string[]) =>
  merpatiPlugin(folder, sessions, "remove", ...args);

test("from the command line, while nothing runs", async () => {
  const base = mkdtempSync(join(tmpdir(), "merpati-remove-"));
  house = await House.open({ "keeper.ts": keeper, "keeper.test.ts": "" }, { base });
  await house.host.enable("keeper");
  await house.says("!keep this");
  await house.close();
  const sessions = join(base, "sessions");
  const asked = await remove(base, sessions, "keeper");
  expect(asked.err).toBe(
    "plugins/keeper.ts is deleted. What it stored (1 entry, and its settings) goes too (--keep-data keeps it). Add --yes if that is right.\n",
  );
  expect((await remove(base, sessions, "keepr", "--yes")).err).toContain('no plugin "keepr" in');
  const { out } = await remove(base, sessions, "keeper", "--yes");
  expect(out).toBe(
    "keeper is gone. What it stored is deleted.\nIts test plugins/keeper.test.ts is yours, and stays.\n",
  );
  house = await House.open({}, { base });
  expect([house.host.list(), await house.services.data.list("keeper", "", 9)]).toEqual([[], []]);
  rmSync(base, { recursive: true });
}, 20_000);

test("from the command line, while the bot runs: it stops the plugin first", async () => {
  await using bot = await startBot();
  await bot.link();
  await bot.install("keeper.ts", keeper);
  await bot.call("POST", "/v1/admin/plugins/keeper/enable");
  const ann = bot.contact();
  await ann.says("!keep this", { to: bot.phone });
  await ann.says("!kept", { to: bot.phone });
  await ann.hears("this");
  const { out, err } = await remove(bot.folder, bot.folder, "keeper", "--yes", "--keep-data");
  expect([err, out]).toEqual(["", "keeper is gone. What it stored is kept for when it comes back.\n"]);
  expect((await bot.call("GET", "/v1/admin/plugins/keeper")).status).toBe(404);
  await bot.install("keeper.ts", keeper);
  await bot.call("POST", "/v1/admin/plugins/keeper/enable");
  await ann.says("!kept", { to: bot.phone });
  await ann.hears("this");
  expect((await bot.call("DELETE", "/v1/admin/plugins/keeper?data=burn")).status).toBe(400);
  expect(await (await bot.call("DELETE", "/v1/admin/plugins/keeper")).json()).toMatchObject({ success: true });
}, 20_000);

test("a file deleted by hand takes no data along, and a note left by a crash is seen to at the start", async () => {
  const base = mkdtempSync(join(tmpdir(), "merpati-remove-"));
  mkdirSync(join(base, "plugins"));
  house = await House.open({ "keeper.ts": keeper }, { base });
  await house.host.enable("keeper");
  await house.says("!keep this");
  rmSync(join(base, "plugins/keeper.ts"));
  await house.host.scan();
  expect(await house.services.data.get("keeper", "kept")).toBe("this");
  await house.services.data.set("$host", "$removed:keeper", { keepData: false });
  await house.close();
  house = await House.open({}, { base });
  expect(await house.services.data.get("keeper", "kept")).toBeNull();
  expect(await house.services.data.list("$host", "$removed:", 9)).toEqual([]);
  rmSync(base, { recursive: true });
});
