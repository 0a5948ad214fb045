/**
 * Many devices and many listeners in one process: what a device costs, how long a restart takes, whether anything
 * crosses over, how long until every Socket.IO client has heard of a message. `bun bench/fleet.ts [devices] [clients]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Socket, io } from "socket.io-client";
import { Child } from "./child.ts";

const devices = Number(process.argv[2] ?? 100);
const clients = Number(process.argv[3] ?? 1000);
const rounds = 20;
const key = "a-key-for-the-bench-0123456789";
const contact = "628123456789";
const folder = mkdtempSync(join(tmpdir(), "merpati-fleet-"));

const world = new Child("./fleet-world.ts");
const where = await world.call<{ url: string; rootKey: string }>("where");
const env = {
  WHATSAPP_URL: where.url,
  WHATSAPP_ROOT_KEY: where.rootKey,
  SESSIONS_DIR: folder,
  API_KEY: key,
  HOST: "127.0.0.1",
  PORT: "0",
  SENDING: "off",
  LOG_LEVEL: "error",
};
const idOf = (place: number) => (place === 0 ? "default" : `device-${place}`);
const places = Array.from({ length: devices }, (_, place) => place);
const since = (start: number) => Math.round(performance.now() - start);
const results: Record<string, number | string> = { devices, clients };

let bot = new Child("./fleet-bot.ts", env);
const bare = await bot.call<number>("rss");
const linking = performance.now();
for (const place of places) await world.call("scan", { place, qr: await bot.call<string>("qr", idOf(place)) });
await bot.call("connected", devices);
results["link all, ms"] = since(linking);
results["memory per idle device, MB"] = megabytes(((await bot.call<number>("rss")) - bare) / devices);

await bot.kill();
const starting = performance.now();
bot = new Child("./fleet-bot.ts", env);
await bot.call("connected", devices);
results["kill -9 to all connected again, ms"] = since(starting);
results["memory after the restart, MB"] = megabytes(await bot.call<number>("rss"));

await Promise.all(places.map((place) => world.call("says", { place, text: `to ${idOf(place)}` })));
const texts = await bot.call<Record<string, string[]>>("received", devices);
const astray = Object.entries(texts).filter(([id, heard]) => heard.join() !== `to ${id}`);
await Promise.all(
  places.map((place) => bot.call("send", { id: idOf(place), to: contact, text: `from ${idOf(place)}` })),
);
const speakers = await Promise.all(
  places.map(async (place) => ({
    said: await world.call<string>("hears", `from ${idOf(place)}`),
    names: await world.call<string[]>("names", place),
  })),
);
const wrong = speakers.filter(({ said, names }) => !names.includes(said));
results["messages that crossed over"] = astray.length + wrong.length;

const before = await bot.call<number>("rss");
const opening = performance.now();
const url = await bot.call<string>("url");
const sockets = await Promise.all(Array.from({ length: clients }, () => open(url)));
results["open all clients, ms"] = since(opening);
results["memory per client, KB"] = Math.round(((await bot.call<number>("rss")) - before) / clients / 1024);
const waits: number[] = [];
for (let round = 0; round < rounds; round++) {
  const text = `round ${round}`;
  const start = performance.now();
  const heard = sockets.map((socket) => hears(socket, text).then(() => waits.push(performance.now() - start)));
  await world.call("says", { place: 0, text });
  await Promise.all(heard);
}
waits.sort((a, b) => a - b);
for (const share of [0.5, 0.99, 1])
  results[`message to client p${share * 100}, ms`] = Math.round(waits[Math.ceil(waits.length * share) - 1] ?? 0);

results["problems the simulator saw"] = (await world.call<unknown[]>("problems")).length;
for (const [name, value] of Object.entries(results)) process.stdout.write(`${name.padEnd(36)} ${value}\n`);
await Bun.write("artefacts/fleet.json", JSON.stringify(results, null, 2));
for (const socket of sockets) socket.disconnect();
await bot.kill();
await world.kill();
rmSync(folder, { recursive: true, force: true });
process.exit(results["messages that crossed over"] === 0 ? 0 : 1);

function megabytes(bytes: number): number {
  return Number((bytes / 1e6).toFixed(2));
}

function open(address: string): Promise<Socket> {
  const socket = io(address, { auth: { key }, transports: ["websocket"], forceNew: true });
  return new Promise((resolve, reject) => {
    socket.once("connection:status", () => resolve(socket));
    socket.once("connect_error", reject);
  });
}

function hears(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (message: { text: string }) => {
      if (message.text !== text) return;
      socket.off("message:received", look);
      resolve();
    };
    socket.on("message:received", look);
  });
}
