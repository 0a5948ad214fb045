import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { Webhook } from "standardwebhooks";
import { describeEvent } from "../src/core/model/events/event-schema.ts";
import type { BotEvent } from "../src/core/model/events/events.ts";
import { type TestBot, startBot } from "./harness.ts";

interface Frame {
  id: string | null;
  event: BotEvent;
}

/** Opens a stream of events; what happens from now on comes. */
async function open(bot: TestBot, headers: Record<string, string> = {}): Promise<Response> {
  const response = await bot.call("GET", "/v1/events?types=message.*,device.qr", undefined, {
    accept: "text/event-stream",
    ...headers,
  });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  return response;
}

/** Reads so many events, then hangs up. */
async function read(response: Response, count: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts.filter((part) => part.includes("data: "))) {
      const data = /^data: (.*)$/m.exec(part)?.[1] ?? "";
      frames.push({ id: /^id: (.*)$/m.exec(part)?.[1] ?? null, event: JSON.parse(data) });
    }
    if (frames.length >= count) break;
  }
  return frames;
}

const idsOf = (frames: Frame[]) => frames.map(({ event }) => (event.data as { id?: string }).id);

test("who reads the log, the stream or gets the webhook learns the same, and misses nothing between", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const stream = await open(bot);
  const said = [await ann.says("1", { to: bot.phone }), await ann.says("2", { to: bot.phone })];
  const streamed = await read(stream, 2);
  expect(idsOf(streamed)).toEqual(said.map(({ id }) => id));

  const missed = await ann.says("3", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === missed.id);
  const resumed = await read(await open(bot, { "last-event-id": streamed[0]?.id ?? "" }), 2);
  expect(idsOf(resumed)).toEqual([said[1]?.id, missed.id]);

  const page = (await (await bot.call("GET", "/v1/events?types=message.received")).json()) as { data: BotEvent[] };
  await bot.receiver.next("message.received", ({ data }) => data.id === missed.id);
  const posted = bot.receiver.events.filter(({ type }) => type === "message.received");
  expect(page.data).toEqual(posted);
  const [webhook] = bot.workspace.webhooks.list();
  const official = new Webhook(await bot.workspace.webhooks.secret(webhook?.id ?? ""));
  for (const { body, headers, event } of bot.receiver.all) expect(official.verify(body, headers)).toEqual(event);
  for (const event of bot.receiver.events) {
    expect([event.type, [...Value.Errors(describeEvent(event.type).schema, event)]]).toEqual([event.type, []]);
  }
});

test("a stream goes on behind a restart where it broke, also with what came while the bot was away", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const stream = await open(bot);
  const first = await ann.says("1", { to: bot.phone });
  const [heard] = await read(stream, 1);
  await bot.stop();
  const away = await ann.says("2", { to: bot.phone });
  await bot.start();
  await bot.connected();
  const resumed = await read(await open(bot, { "last-event-id": heard?.id ?? "" }), 1);
  expect([heard && idsOf([heard]), idsOf(resumed)]).toEqual([[first.id], [away.id]]);
});

test("a stream that hangs up leaves nothing behind, a bad cursor is refused at once", async () => {
  await using bot = await startBot();
  const bad = await bot.call("GET", "/v1/events", undefined, { accept: "text/event-stream", "last-event-id": "what?" });
  expect([bad.status, (await bad.json()) as unknown]).toMatchObject([400, { code: "invalid" }]);
  const response = await bot.call("GET", "/v1/events", undefined, { accept: "text/event-stream" });
  await response.body?.cancel();
});
