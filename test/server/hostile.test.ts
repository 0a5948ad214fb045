import { expect, test } from "bun:test";
import { adminKey, startBot } from "../harness.ts";

/** What no client of Socket.IO sends. */
const words = [
  "",
  "zzz",
  "9",
  "4",
  '4"',
  "40{",
  "40[1",
  "42",
  "42[",
  "42[null]",
  "42[{}]",
  "43",
  "41",
  "2probe",
  "5",
  "1",
];
const events = ['42["session.create",{"key":{"toString":1}}]', '42["__proto__"]', '42["disconnect"]', '42["error",1]'];
const binary = ["451-", '451-["x",{"_placeholder":true,"num":0}]', '451-["x",{"_placeholder":true,"num":99}]'];
const spaces = ["40/other,", "40/other,{}", `4${"[".repeat(50_000)}`];
const frames = [...words, ...events, ...binary, ...spaces, new Uint8Array([1, 2, 3]), new Uint8Array(0)];

test("packets that are none harm nobody", async () => {
  await using bot = await startBot();
  const address = `${bot.url}/socket.io/?EIO=4&key=${adminKey}`;
  const alive = async () => expect((await fetch(`${bot.url}/health`)).status).toBe(200);

  for (const greeting of [null, "40"]) {
    for (const frame of frames) {
      const socket = new WebSocket(`${address.replace("http", "ws")}&transport=websocket`);
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      if (greeting !== null) socket.send(greeting);
      socket.send(frame);
      await alive();
      socket.close();
    }
  }
  for (const frame of frames) {
    const opened = await (await fetch(`${address}&transport=polling`)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const posted = await fetch(`${address}&transport=polling&sid=${sid}`, { method: "POST", body: frame });
    expect(posted.status).toBeLessThan(500);
  }
  for (const query of [
    "",
    "?EIO=3&transport=polling",
    "?EIO=4&transport=zork",
    "?EIO=4&transport=polling&sid=nobody",
  ]) {
    for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
      const headers = { "x-api-key": adminKey };
      expect((await fetch(`${bot.url}/socket.io/${query}`, { method, headers })).status).toBeLessThan(500);
    }
  }
  await alive();
});

test("a body that nests without end is refused before anything looks into it", async () => {
  await using bot = await startBot();
  const nested = (levels: number) => `{"to":${"[".repeat(levels)}${"]".repeat(levels)},"text":{"a":1}}`;
  const post = async (path: string, levels: number) => {
    const headers = { "x-api-key": adminKey, "content-type": "application/json" };
    const answer = await fetch(`${bot.url}${path}`, { method: "POST", headers, body: nested(levels) });
    return [answer.status, ((await answer.json()) as { error: string }).error];
  };
  for (const path of [
    "/v1/devices/default/messages",
    "/v1/devices/default/bulk",
    "/v1/webhooks",
    "/connection/pairing",
  ]) {
    const depth = [400, expect.stringContaining("64 levels")];
    for (const levels of [64, 100_000]) expect([path, levels, await post(path, levels)]).toEqual([path, levels, depth]);
    expect([path, await post(path, 63)]).toEqual([path, [400, expect.not.stringContaining("64 levels")]]);
  }
});
