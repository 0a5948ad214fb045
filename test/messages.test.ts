import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type Content, type Action, isAction, mediaKinds } from "../src/core/content.ts";
import { type EventType, eventOfAction } from "../src/core/events.ts";
import type { Draft } from "../src/core/message.ts";
import { goldens } from "./golden/cases.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

interface Given {
  group?: true;
  deviceSentMessage?: object;
}

for (const [kind, cases] of await goldens(join(import.meta.dir, "golden/messages"))) {
  for (const { name, given, expected } of cases) {
    const { group, ...message } = given as Given;
    if (group || message.deviceSentMessage) continue;
    test(`contact → bot: ${name}`, async () => {
      const { content, ...context } = expected as { content: Content | Action };
      const said = await bot.contact().says(message);
      const type: EventType = isAction(content) ? eventOfAction[content.kind] : "message.received";
      const { data } = await bot.next(type, (event) => event.data.id === said.id);
      const { kind: _, ...action } = content;
      const told = isAction(content) ? action : { content: content, ...context };
      expect(data).toMatchObject({ sender_phone: "628123456789", from_me: false, ...stable(told) });
      expect(kind).toBe(content.kind);
    });
  }
}

for (const [kind, cases] of await goldens(join(import.meta.dir, "golden/drafts"))) {
  if (mediaKinds.some((media) => media === kind)) continue;
  for (const { name, given, expected } of cases) {
    const draft = given as Draft;
    if (draft.to.endsWith("@g.us") || JSON.stringify(draft).includes('"3')) continue;
    test(`bot → contact: ${name}`, async () => {
      const { waId } = await bot.device.send(draft);
      const heard = await bot.contact().hears((each) => each.id === waId);
      expect(stable(heard.message)).toEqual(stable(expected));
    });
  }
}

/** Without what differs by account and run: the file's id, keys and secrets. */
function stable(value: unknown): object {
  const text = JSON.stringify(value, (key, each: unknown) =>
    ["media_id", "url", "messageSecret", "messageContextInfo", "target", "senderTimestampMs"].includes(key)
      ? undefined
      : each,
  );
  return JSON.parse(text);
}
