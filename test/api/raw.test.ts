import { afterAll, beforeAll, expect, test } from "bun:test";
import { jpeg } from "../files.ts";
import { startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

interface Answer {
  data: { id: string; type: string; raw?: object | null; data: { id: string } }[];
  raw?: Record<string, object | null>;
}
const get = async <T = Answer>(path: string) => (await bot.call("GET", path)).json() as Promise<T>;
const at = "/v1/devices/default";

test("messages are shown as WhatsApp has them where that is asked for, without their keys", async () => {
  const said = await bot.contact().says({
    messageContextInfo: { messageSecret: new Uint8Array(32).fill(7) },
    extendedTextMessage: { text: "words", contextInfo: { forwardingScore: 3 } },
  });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const expected = {
    messageContextInfo: {},
    extendedTextMessage: { text: "words", contextInfo: { forwardingScore: 3 } },
  };
  const history = await get(`${at}/history?raw=true`);
  expect(history.data.map(({ raw }) => raw)).toEqual([expected]);
  const events = await get("/v1/events?types=message.received&raw=true");
  const [event] = events.data;
  expect(events.raw).toEqual({ [event?.id ?? ""]: expected });
  expect((await get(`${at}/events?types=message.received&raw=true`)).raw).toEqual(events.raw ?? {});
  expect((await get(`/v1/events/${event?.id}?raw=true`)).raw).toEqual(events.raw ?? {});
  for (const path of [`${at}/history`, "/v1/events", `${at}/events`, `/v1/events/${event?.id}?raw=false`])
    expect(JSON.stringify(await get(path))).not.toContain('"raw"');
});

test("fields newer than the bot's kinds are in it, bytes in base64 and no key of a file", async () => {
  const { waId } = await bot.device.outbox.send({
    to: bot.contact().number,
    content: { kind: "image", base64: (await jpeg()).toString("base64") },
  });
  await bot.next("message.sent", ({ data }) => data.id === waId);
  const { data, raw } = await get("/v1/events?types=message.sent&raw=true");
  const sent = raw?.[data.at(-1)?.id ?? ""];
  expect(sent).toMatchObject({ imageMessage: { mimetype: "image/jpeg", fileSha256: expect.stringMatching(/=$/) } });
  expect(JSON.stringify(sent)).not.toMatch(/mediaKey"|messageSecret/);
});

test("what is not kept any more is null, and another word than true or false is refused", async () => {
  const said = await bot.contact().says("forget me");
  const { id } = await bot.next("message.received", ({ data }) => data.id === said.id);
  await bot.call("DELETE", `${at}/chats/${bot.contact().number}/messages/${said.id}`);
  expect(await get(`/v1/events/${id}?raw=true`)).toMatchObject({ raw: { [id]: null } });
  const refused = await bot.call("GET", "/v1/events?raw=yes");
  expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([
    400,
    expect.stringContaining('"raw"'),
  ]);
});
