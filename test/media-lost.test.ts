import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { type Content, isMedia, type MediaContent } from "../src/core/model/content/content.ts";
import { WoundClock } from "./clock.ts";
import { jpeg, mp4 } from "./files.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

/** Says when somebody begins to wait for the phone. */
class PatientClock extends WoundClock {
  patience = Promise.withResolvers<void>();

  override after(ms: number, fire: () => void): () => void {
    if (ms === 20_000) this.patience.resolve();
    return super.after(ms, fire);
  }
}

const clock = new PatientClock();
let bot: TestBot;
/** The messages whose files the phone was asked for. */
let asked: string[] = [];
beforeAll(async () => {
  bot = await startBot({ stands: { clock } });
  bot.sim.on((event) => {
    if (event.type === "file.asked") asked.push(event.id);
  });
  await bot.contact().sends({ kind: "image", bytes: await jpeg(), caption: "From before" }, { to: bot.phone });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());
afterEach(() => {
  bot.phone.whenAskedForFiles("uploads");
  asked = [];
  expect(bot.sim.problems).toEqual([]);
});

interface Got {
  status: number;
  bytes: Uint8Array;
  error: string;
  code: string;
  wait: string | null;
}

const get = async (path: string): Promise<Got> => {
  const answer = await fetch(`${bot.url}${path}`, { headers: { "x-api-key": adminKey } });
  const bytes = Buffer.from(await answer.bytes());
  const { error = "", code = "" } = answer.ok ? {} : (JSON.parse(bytes.toString()) as Record<string, string>);
  return { status: answer.status, bytes, error, code, wait: answer.headers.get("retry-after") };
};

/** What Ann sent and WhatsApp lost. */
async function lost(file: Parameters<ReturnType<TestBot["contact"]>["sends"]>[0], options = {}) {
  const said = await bot.contact().sends(file, options);
  const { data } = await bot.next("message.received", (event) => event.data.id === said.id);
  bot.sim.media.expireAll();
  return { id: said.id, content: fileOf(data.content) };
}

function fileOf(content: Content): MediaContent {
  if (!isMedia(content)) throw new Error(`no file: ${content.kind}`);
  return content;
}

test("a file that WhatsApp lost comes from the phone, whoever asks, and is asked for once", async () => {
  const bytes = await jpeg();
  const group = bot.sim.group("Pigeons", [bot.contact(), bot.phone]);
  for (const options of [{}, { by: "lid" }, { to: group }]) {
    asked = [];
    const { id, content } = await lost({ kind: "image", bytes }, options);
    const answers = await Promise.all([get(content.url), get(content.url)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.bytes).toEqual(bytes);
    expect(asked).toEqual([id]);
  }
});

test("one of the time before linking, and one the account sent from its phone", async () => {
  await bot.next("history.synced");
  const page = await get("/v1/devices/default/history");
  const { data } = JSON.parse(Buffer.from(page.bytes).toString()) as { data: { content: MediaContent }[] };
  const before = data.find(({ content }) => "caption" in content && content.caption === "From before");
  const said = await bot.phone.sends({ kind: "video", bytes: mp4() }, { to: bot.contact() });
  const own = await bot.next("message.received", (event) => event.data.id === said.id);
  bot.sim.media.expireAll();
  expect((await get(before?.content.url ?? "/none")).bytes).toEqual(await jpeg());
  expect((await get(fileOf(own.data.content).url)).bytes).toEqual(mp4());
  expect(asked).toHaveLength(2);
});

test("a file that the phone has no more is gone for good, with what to do", async () => {
  bot.phone.whenAskedForFiles("refuses");
  const { id, content } = await lost({ kind: "image", bytes: await jpeg() });
  for (let times = 0; times < 2; times++) {
    const answer = await get(content.url);
    expect(answer).toMatchObject({ status: 410, code: "gone", wait: null });
    expect(answer.error).toContain("ask its sender to send it again");
  }
  expect(asked).toEqual([id]);
});

test("a phone that is off is not waited for long; what it says later counts", async () => {
  bot.phone.whenAskedForFiles("off");
  const { id, content } = await lost({ kind: "image", bytes: await jpeg() });
  for (let times = 0; times < 2; times++) {
    clock.patience = Promise.withResolvers();
    const answer = get(content.url);
    await clock.patience.promise;
    clock.wind(20_000);
    expect(await answer).toMatchObject({ status: 410, wait: "60", error: expect.stringContaining("open WhatsApp") });
  }
  bot.phone.whenAskedForFiles("uploads");
  expect((await get(content.url)).status).toBe(200);
  expect(asked).toEqual([id]);
});

test("a phone that stays off is asked again by who asks again", async () => {
  bot.phone.whenAskedForFiles("off");
  const { id, content } = await lost({ kind: "image", bytes: await jpeg() });
  for (let times = 1; times <= 2; times++) {
    const answer = get(content.url);
    await bot.sim.until(() => asked.length === times);
    clock.wind(61_000);
    expect((await answer).status).toBe(410);
  }
  expect(asked).toEqual([id, id]);
});

test("without a connection nobody is asked, and what to do is said", async () => {
  const { content } = await lost({ kind: "image", bytes: await jpeg() });
  await bot.device.stop();
  expect(await get(content.url)).toMatchObject({
    status: 410,
    wait: "5",
    error: expect.stringContaining("not connected"),
  });
  await bot.device.start();
  await bot.connected();
  expect((await get(content.url)).status).toBe(200);
});
