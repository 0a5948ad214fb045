import { expect, test } from "bun:test";
import { startBot } from "../harness.ts";
import { Receiver } from "../receiver.ts";

test("a webhook with raw hears each message as WhatsApp has it, without keys; others do not", async () => {
  await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
  const [raw, plain] = [new Receiver(), new Receiver()];
  const make = async (body: object) => {
    const made = await bot.call("POST", "/v1/webhooks", body);
    return ((await made.json()) as { data: { id: string; raw: boolean } }).data;
  };
  expect((await make({ url: plain.url })).raw).toBe(false);
  const { id } = await make({ url: raw.url, raw: true });
  const says = async (text: string) => {
    const said = await bot.contact().says({
      messageContextInfo: { messageSecret: new Uint8Array(32).fill(7) },
      extendedTextMessage: { text, contextInfo: { forwardingScore: 3 } },
    });
    const event = await bot.next("message.received", ({ data }) => data.id === said.id);
    const bodyAt = async (receiver: Receiver) => {
      await receiver.until(() => receiver.events.some((each) => each.id === event.id), "the delivery");
      return receiver.events.find((each) => each.id === event.id) as object;
    };
    return [await bodyAt(raw), await bodyAt(plain)] as const;
  };
  const [withRaw, without] = await says("words");
  expect(withRaw).toEqual({
    ...without,
    raw: { messageContextInfo: {}, extendedTextMessage: { text: "words", contextInfo: { forwardingScore: 3 } } },
  });
  expect(without).not.toHaveProperty("raw");
  await bot.restart();
  await bot.connected();
  expect((await says("kept"))[0]).toHaveProperty("raw.extendedTextMessage.text", "kept");
  await bot.call("PATCH", `/v1/webhooks/${id}`, { raw: false });
  expect((await says("no more"))[0]).not.toHaveProperty("raw");
  await Promise.all([raw.stop(), plain.stop()]);
});

/** The first event of a stream. */
async function first(response: Response): Promise<object> {
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const [, data] = /^data: (.*)\n\n/m.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data) as object;
  }
  throw new Error("the stream ended");
}

test("the operator's webhook and a stream have it where that is asked for, of what was sent too", async () => {
  await using bot = await startBot({ env: { WEBHOOK_RAW: "true" } });
  await bot.link();
  const listen = (more: string) =>
    bot.call("GET", `/v1/events?types=message.sent${more}`, undefined, { accept: "text/event-stream" });
  const [withRaw, plain] = [await listen("&raw=true"), await listen("")];
  const content = { kind: "text", text: "words" } as const;
  const { waId } = await bot.device.outbox.send({ to: bot.contact().number, content });
  const posted = await bot.receiver.next("message.sent", ({ data }) => data.id === waId);
  expect(posted).toHaveProperty("raw.extendedTextMessage.text", "words");
  expect(await first(withRaw)).toEqual(posted);
  expect(await first(plain)).not.toHaveProperty("raw");
  const [webhook] = bot.workspace.webhooks.list();
  expect(webhook).toMatchObject({ origin: "environment", raw: true });
});
