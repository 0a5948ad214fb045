import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startMarch2026 } from "./march-2026.ts";
import type { Control, Simulator } from "../../src/simulator/index.ts";
import { Client } from "./client.ts";

let sim: Simulator;
let control: Control;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  control = sim.control();
});
afterEach(() => sim.stop());

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${control.url}${path}`, { method, headers, ...init });
  return { status: response.status, headers: response.headers, ...(await response.json()) };
}

/** Reads the types of events until the stream ends, however it does. */
async function collect({ body }: Response, types: string[]): Promise<void> {
  try {
    for await (const chunk of body ?? []) {
      for (const [, type] of Buffer.from(chunk)
        .toString()
        .matchAll(/"type":"([^"]+)"/g))
        types.push(type ?? "");
    }
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
  }
}

test("another process plays the whole story", async () => {
  const events: string[] = [];
  const listening = new AbortController();
  const stream = await fetch(`${control.url}/events`, { signal: listening.signal });
  const reading = collect(stream, events);
  await call("POST", "/phones", { number: "6281100000001", name: "Budi" });
  await call("POST", "/contacts", { number: "628123456789", name: "Ann" });
  const { url, rootKey } = (await call("GET", "/state")).data;
  const client = new Client({ url, rootKey });
  const scanned = await call("POST", "/phones/6281100000001/scan", { qr: await client.shownQr() });
  expect(scanned).toMatchObject({
    status: 200,
    success: true,
    data: { jid: "6281100000001:1@s.whatsapp.net", online: true },
  });
  await client.opened();

  const said = await call("POST", "/people/628123456789/says", { text: "hello", by: "lid" });
  expect((await client.received("hello")).key.id).toBe(said.data.id);
  await client.socket.sendMessage("628123456789@s.whatsapp.net", { text: "pong 1" });
  const heard = await call("POST", "/people/628123456789/hears", { pattern: "^pong" });
  expect(heard.data).toMatchObject({ text: "pong 1", from: "6281100000001@s.whatsapp.net" });
  expect((await call("GET", "/people/628123456789/inbox")).data).toHaveLength(1);

  const message = heard.data.id;
  await call("POST", "/people/628123456789/reacts", { message, emoji: "👍" });
  await call("POST", "/people/628123456789/replies", { message, text: "quoting" });
  await client.received("quoting");
  const base64 = Buffer.from("a picture").toString("base64");
  const sent = await call("POST", "/people/628123456789/sends", { kind: "image", base64, caption: "look" });
  expect(sent.status).toBe(200);
  expect(sent.data.id).toMatch(/^3A[0-9A-F]{18}$/);
  expect(await call("POST", "/people/628123456789/reads", { message })).toMatchObject({ status: 200 });

  const { data: chats } = await call("GET", "/people/628123456789/history");
  expect(chats["6281100000001@s.whatsapp.net"]).toMatchObject([
    { id: said.data.id, fromMe: true, text: "hello", receipts: ["inactive"] },
    { id: message, fromMe: false, text: "pong 1", receipts: [] },
    { fromMe: true, message: { reactionMessage: { text: "👍" } } },
    { fromMe: true, text: "quoting" },
    { id: sent.data.id, fromMe: true, text: "look" },
  ]);
  expect(await call("POST", "/people/628123456789/opens", { message: sent.data.id })).toMatchObject({
    data: { base64 },
  });

  const group = (await call("POST", "/groups", { subject: "Family", members: ["628123456789", "6281100000001"] })).data;
  await call("POST", "/people/628123456789/says", {
    message: { extendedTextMessage: { text: "in the group" } },
    to: group.id,
  });
  await client.received("in the group");
  await call("POST", `/groups/${group.id}/rename`, { subject: "Clan" });
  expect((await call("GET", "/state")).data.groups).toMatchObject([{ subject: "Clan" }]);

  await call("POST", "/faults/stream-error", { code: "503" });
  expect((await client.ended()).code).toBe(503);
  client.connect();
  await client.opened();
  expect((await call("GET", `/record/${said.data.id}`)).data).toMatchObject([{ kind: "message" }]);
  expect((await call("GET", "/problems")).data).toEqual([]);
  await call("POST", "/phones/6281100000001/unlink");
  expect((await client.ended()).code).toBe(401);
  listening.abort();
  await reading;
  for (const type of [
    "phone.scanned",
    "phone.linked",
    "message.said",
    "message.heard",
    "group.changed",
    "phone.unlinked",
  ]) {
    expect(events).toContain(type);
  }
});

describe("it refuses", () => {
  test("what it does not know, with the list of what it does", async () => {
    const answer = await call("GET", "/nothing");
    expect(answer).toMatchObject({ status: 404, success: false });
    expect(answer.routes).toContain("POST /phones/:id/scan");
  });

  test.each([
    ["POST", "/phones", {}, 400, 'the field "number" is missing'],
    ["POST", "/phones", { number: 5 }, 400, 'the field "number" must be text'],
    ["POST", "/phones", { number: "0812" }, 409, "is no phone number"],
    ["POST", "/phones/6281100000001/scan", { qr: "x" }, 409, "no QR code"],
    ["POST", "/faults/hostile", { kind: "nice" }, 400, "must be one of unsealed"],
    ["POST", "/groups/1@g.us/add", { members: ["628123456789"] }, 400, "there is no group"],
    ["POST", "/people/628123456789/reads", { message: "3A" }, 400, "has heard no message 3A"],
    ["POST", "/people/628123456789/opens", { message: "3A" }, 400, "remembers no message 3A"],
    ["POST", "/people/628123456789/sends", { kind: "smell" }, 400, "must be one of image"],
    ["POST", "/linking/nonsense", {}, 400, "a demand is one of"],
  ] as const)("%s %s %j", async (method, path, body, status, sentence) => {
    const answer = await call(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.error).toContain(sentence);
  });

  test("calls by other names and from other origins", async () => {
    expect((await call("GET", "/state", undefined, { Host: "evil.example" })).status).toBe(403);
    expect((await call("GET", "/state", undefined, { Origin: "https://evil.example" })).status).toBe(403);
    const page = await call("GET", "/state", undefined, { Origin: "http://localhost:3000" });
    expect(page.status).toBe(200);
    expect(page.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  });
});
