/**
 * The large size of `update.test.ts`, for `check --long`: two versions are compiled and released by the project's own
 * scripts. A bot of the first is linked to the simulator and talks. What is offered wrongly leaves it as it is; the update
 * is taken, talked with, and taken back, and no message is lost or unreadable. Exits with 1 when anything is.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostTarget } from "../../src/cli/update/own-target.ts";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { is } from "../../src/core/model/events/events.ts";
import { linesOf } from "../lines.ts";
import { Receiver } from "../receiver.ts";

const root = join(import.meta.dir, "../..");
const exchanges = 100;
const say = (line: string) => process.stdout.write(`${line}\n`);
const need = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`not so: ${what}`);
};

async function output(command: readonly string[], cwd: string, env: Record<string, string | undefined> = process.env) {
  const child = Bun.spawn([...command], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, err, exit: await child.exited };
}

/** The sources with another version, released for this machine. Returns the public key as the script prints it. */
async function release(work: string, version: string, privateKey: KeyObject): Promise<{ folder: string; key: string }> {
  const source = join(work, `source-${version}`);
  const names = (await output(["git", "ls-files", "--cached", "--others", "--exclude-standard"], root)).out
    .trim()
    .split("\n");
  for (const name of names.filter((each) => /^(src|plugins|patches|clients\/typescript)\/|^[\w.]+$/.test(each)))
    cpSync(join(root, name), join(source, name));
  symlinkSync(join(root, "node_modules"), join(source, "node_modules"));
  const manifest = readFileSync(join(source, "package.json"), "utf8");
  writeFileSync(join(source, "package.json"), manifest.replace(/"version": "[^"]+"/, `"version": "${version}"`));
  const keyFile = join(source, "key.pem");
  writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }));
  const folder = join(work, `release-${version}`);
  const args = [`--key-file=${keyFile}`, `--out=${folder}`, `--targets=${hostTarget()}`];
  const { out, err, exit } = await output([process.execPath, "src/cli/release.ts", ...args], source);
  need(exit === 0, `the release is made: ${out}${err}`);
  return { folder, key: /UPDATE_KEY=(.*)/.exec(out)?.[1] ?? "" };
}

const work = mkdtempSync(join(tmpdir(), "merpati-update-whole-"));
let child: Bun.Subprocess | undefined;
process.on("exit", () => {
  child?.kill("SIGKILL");
  rmSync(work, { recursive: true, force: true });
});
const { privateKey } = generateKeyPairSync("ed25519");
const [old, next] = [await release(work, "0.1.0", privateKey), await release(work, "0.2.0", privateKey)];
const stranger = await release(work, "0.3.0", generateKeyPairSync("ed25519").privateKey);
say("released twice, and once by a stranger");

/** What is offered at the moment, and how a file of it is changed on the way. */
let offer = { folder: next.folder, change: (_name: string, bytes: Uint8Array) => bytes };
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch({ url }) {
    const name = new URL(url).pathname.slice(1);
    const file = Bun.file(join(offer.folder, name));
    if (!(await file.exists())) return new Response(null, { status: 404 });
    return new Response(offer.change(name, await file.bytes()).slice());
  },
});

const [sim, receiver] = [await startBotSimulator(), new Receiver()];
const folder = join(work, "bot");
mkdirSync(folder);
const binary = join(folder, "merpati");
const programIn = (release: string) =>
  readdirSync(release).find((name) => /^merpati-[^/]*$/.test(name) && !name.endsWith(".json"));
cpSync(join(old.folder, programIn(old.folder) ?? ""), binary);
const env = {
  PATH: process.env["PATH"],
  PORT: "0",
  HOST: "127.0.0.1",
  API_KEY: "test-key-of-the-admin-0123456789",
  WHATSAPP_URL: sim.url,
  WHATSAPP_ROOT_KEY: sim.rootKey,
  WEBHOOK_URL: receiver.url,
  SENDING: "off",
  UPDATE_URL: server.url.href,
  UPDATE_KEY: next.key,
};
const merpati = (...args: string[]) => output([binary, ...args], folder, env);
const versionOf = async (path: string) => (await output([path, "version"], folder, env)).out.trim();

interface Bot {
  url: string;
  stop(): Promise<void>;
}

async function start(): Promise<Bot> {
  const started = Bun.spawn([binary, "start"], {
    cwd: folder,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  child = started;
  const said = await linesOf(started.stdout).until("listens on ");
  const url =
    /listens on (\S+)/.exec(said)?.[1] ??
    (JSON.parse(readFileSync(join(folder, "sessions/running.json"), "utf8")) as Bot).url;
  return {
    url,
    async stop() {
      started.kill("SIGTERM");
      await started.exited;
    },
  };
}

async function call<T>({ url }: Bot, method: string, path: string, body?: object): Promise<T> {
  const headers = { "x-api-key": env.API_KEY, "content-type": "application/json" };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  need(response.ok, `${method} ${path} is answered with 2xx, not ${response.status}`);
  return ((await response.json()) as { data: T }).data;
}

const phone = sim.phone("6281100000001", { name: "Budi" });
const ann = sim.contact("628123456789", { name: "Ann" });

async function talk(bot: Bot, word: string): Promise<void> {
  for (let number = 0; number < exchanges; number++) {
    const { id } = await ann.says(`${word} in ${number}`, { to: phone });
    await receiver.next("message.received", ({ data }) => data.id === id);
    await call(bot, "POST", "/v1/devices/shop/messages", { to: ann.number, text: `${word} out ${number}` });
    await ann.hears(`${word} out ${number}`);
  }
  say(`${exchanges} exchanges: ${word}`);
}

/** An update that fails with this sentence, and leaves the program and the bot that runs. */
async function refused(bot: Bot, sentence: string, command: readonly string[] = [binary, "update"]): Promise<void> {
  const before = Bun.hash(await Bun.file(binary).bytes());
  const { out, err } = await output(command, folder, env);
  need(`${out}${err}`.includes(sentence), `"${sentence}" is said, not "${out}${err}"`);
  need(Bun.hash(await Bun.file(binary).bytes()) === before, "the program is the same");
  need(!existsSync(`${binary}.new`) && !existsSync(`${binary}.old`), "nothing is left behind");
  need((await call<{ version: string }>(bot, "GET", "/v1/admin/health")).version === "0.1.0", "the old one runs");
  say(`left as it was: ${sentence}`);
}

let bot = await start();
await call(bot, "POST", "/v1/devices", { device_id: "shop" });
const { qr_string: qr } = await call<{ qr_string: string }>(bot, "POST", "/v1/devices/shop/pairing/qr");
await phone.scan(qr);
await receiver.next("device.connected");
await talk(bot, "first");

offer = { ...offer, folder: stranger.folder };
await refused(bot, "is not signed by UPDATE_KEY");
const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
offer = { folder: next.folder, change: (name, bytes) => (name.startsWith("merpati-") ? flipped(bytes) : bytes) };
await refused(bot, "is not the file that was signed");
offer = { folder: old.folder, change: (_, bytes) => bytes };
await refused(bot, "is up to date; 0.1.0 is offered");
offer = { ...offer, folder: next.folder };
// Blocks of 1 KB that a file may have: the program is larger.
await refused(bot, "could not be written (EFBIG): free some disk", [
  "bash",
  "-c",
  `trap "" XFSZ; ulimit -f 20000; exec ${binary} update`,
]);

const { exit } = await merpati("update", "--check");
need(exit === 1, "a newer one is there");
const updated = await merpati("update");
need(updated.exit === 0 && updated.out.includes("Backup: "), `it is updated: ${updated.out}${updated.err}`);
need((await versionOf(binary)) === "merpati 0.2.0", "the new one is in place");
need((await versionOf(`${binary}.old`)) === "merpati 0.1.0", "the old one is kept");
await talk(bot, "while the old one runs on");
await bot.stop();
bot = await start();
need((await call<{ version: string }>(bot, "GET", "/v1/admin/health")).version === "0.2.0", "the new one runs");
await talk(bot, "updated");
need((await merpati("update", "--rollback")).exit === 0, "it goes back");
await bot.stop();
bot = await start();
need((await call<{ version: string }>(bot, "GET", "/v1/admin/health")).version === "0.1.0", "the old one runs again");
await talk(bot, "rolled back");
await bot.stop();

const unread = receiver.events.filter((event) => is(event, "message.undecryptable")).length;
need(unread === 0, `nothing is unreadable, not ${unread}`);
sim.assertNoProblems();
await Promise.all([sim.stop(), receiver.stop(), server.stop(true)]);
say("updated and taken back: 0 undecryptable");
process.exit(0);
