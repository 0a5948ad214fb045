import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { WoundClock } from "../clock.ts";
import { jpeg, mp4, picture as drawing } from "../files.ts";
import { adminKey, type TestBot } from "../harness.ts";
import { world } from "./world.ts";

let bot: TestBot;
let clock: WoundClock;
let picture: string;
/** Ids of messages: one in Ann's chat, one in Zoe's. */
const ids = { anns: "", zoes: "" };
const to = "628123456789";
const zoe = "628199999999";

beforeAll(async () => {
  [bot, clock] = await world({ env: { OUTBOUND_ALLOW: "loopback" } });
  picture = Buffer.from(await jpeg()).toString("base64");
  bot.contact();
  bot.contact(zoe, "Zoe");
  for (const [name, number] of [
    ["anns", to],
    ["zoes", zoe],
  ] as const) {
    const { waId } = await bot.device.outbox.send({ to: number, content: { kind: "text", text: `For ${name}` } });
    await bot.next("message.sent", ({ data }) => data.id === waId);
    ids[name] = waId;
  }
});
afterAll(() => bot[Symbol.asyncDispose]());

const messages = "/v1/devices/default/messages";
const bulk = "/v1/devices/default/bulk";

async function told(answer: Response): Promise<[number, string]> {
  const text = await answer.text();
  return [answer.status, answer.ok ? text : (JSON.parse(text) as { error: string }).error];
}
const post = async (body: unknown, path = messages) => told(await bot.call("POST", path, body));
const send = (body: object) => post({ to, ...body });
const says = (content: unknown) => send({ content });
const queued = async () => (await bot.device.outbox.list({ limit: 500 })).messages.length;

/** Refused with 400 and this in the sentence, and nothing of it queued. */
async function refused(answer: Promise<[number, string]>, sentence: string, status = 400): Promise<void> {
  const before = await queued();
  expect(await answer).toEqual([status, expect.stringContaining(sentence)]);
  expect(await queued()).toBe(before);
}

/** Resolves when the bot begins to wait for so many milliseconds. */
function alarm(wanted: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const after = clock.after.bind(clock);
  clock.after = (ms, fire) => {
    const cancel = after(ms, fire);
    if (ms === wanted) resolve();
    return cancel;
  };
  return promise;
}

const half = "cut \ud83d";
const text = { kind: "text", text: "hi" };

describe("JSON", () => {
  test.each<[string, object]>([
    ['"max_wiat" is not a field here', { text: "hi", max_wiat: 60 }],
    ['"kind" is not a field here', { text: "hi", kind: "text" }],
    ['"content.captoin" is not a field here', { content: { ...text, captoin: "x" } }],
    [
      '"content.preview" takes true',
      { content: { kind: "text", text: "https://a.b", preview: { url: "https://a.b", titel: "x" } } },
    ],
  ])("a field that is none is named: %s", (sentence, body) => refused(send(body), sentence));

  test.each<[string, object]>([
    [
      '"messages.1.max_wiat" is not',
      {
        messages: [
          { to, text: "a" },
          { to, text: "b", max_wiat: 1 },
        ],
      },
    ],
    ['"messages.0.content.captoin" is not', { messages: [{ to, content: { ...text, captoin: "x" } }] }],
    ['"intervall" is not a field here', { to: [to], text: "a", intervall: 5 }],
  ])("a field that is none is named in a bulk: %s", (sentence, body) => refused(post(body, bulk), sentence));

  test.each([[null], [0], [""], ["hi"], [[]]])("a content that is %p is no content", (content) =>
    refused(says(content), '"content.kind" takes one of text'),
  );

  test.each<[string, object]>([
    ["content.text", { text: half }],
    ["content.options.1", { content: { kind: "poll", question: "?", options: ["a", half] } }],
    ["content.caption", { content: { kind: "document", base64: "aGk=", caption: half } }],
    ["content.contacts.0.name", { content: { kind: "contacts", contacts: [{ name: half, phone: to }] } }],
    ["reply_to", { text: "hi", reply_to: half }],
  ])("half a character in %s never leaves", (field, body) => refused(send(body), `"${field}" takes whole characters`));

  test.each<[string, object]>([
    ['"content.start_at" takes Unix seconds', { kind: "event", name: "a", start_at: 1_795_190_000_000 }],
    ['"content.end_at" takes Unix seconds', { kind: "event", name: "a", start_at: 9, end_at: 1e21 }],
    [
      '"content.expires_at" takes Unix',
      { kind: "group_invite", group: "12036@g.us", code: "a", name: "b", expires_at: 1e21 },
    ],
    ['"content.accuracy" takes metres', { kind: "live_location", latitude: 1, longitude: 1, accuracy: 1e21 }],
  ])("a number that no phone can hold: %s", (sentence, content) => refused(says(content), sentence));

  test("that is not said to be JSON is told how to say it", async () => {
    const headers = { "x-api-key": adminKey, "content-type": "application/x-www-form-urlencoded" };
    const body = JSON.stringify({ to, text: "hi" });
    const answer = fetch(`${bot.url}${messages}`, { method: "POST", headers, body }).then(told);
    await refused(answer, "content-type: application/json");
  });

  test.each([
    [`${messages}?stat=waiting`, '"stat" is not a parameter'],
    [`${bulk}?state=done`, '"state" is not a parameter'],
  ])("a filter that is none is named: %s", async (path, sentence) =>
    refused(bot.call("GET", path).then(told), sentence),
  );

  test("only the moment of a message can be changed", async () => {
    const { id } = await bot.device.outbox.send({
      to,
      content: { kind: "text", text: "Later" },
      send_at: Math.ceil(clock.now() / 1000) + 900,
    });
    const send_at = Math.ceil(clock.now() / 1000) + 1800;
    const change = bot.call("PATCH", `${messages}/${id}`, { send_at, text: "Other" }).then(told);
    await refused(change, '"text" is not a field here');
  });
});

describe("a message of another chat", () => {
  test.each([
    { kind: "edit", text: "Changed" },
    { kind: "delete" },
    { kind: "reaction", emoji: "👍" },
    { kind: "pin" },
    { kind: "keep" },
  ])("cannot be spoken of here: %p", (content) =>
    refused(says({ ...content, target: ids.zoes }), '"content.target" names a message of another chat'),
  );

  test("cannot be quoted here, and is as it was", async () => {
    await refused(send({ text: "hi", reply_to: ids.zoes }), '"reply_to" names a message of another chat');
    const path = `/v1/devices/default/history?chat=${zoe}`;
    expect(await (await bot.call("GET", path)).json()).toMatchObject({
      data: [{ id: ids.zoes, content: { text: "For zoes" }, deleted_at: null, edited_at: null }],
    });
  });

  test("is refused in every form, of whatever chats the two are, before and after it was sent", async () => {
    const group = bot.sim.group("Cooks", [bot.contact(), bot.phone]);
    const { id: said } = await bot.contact().says("in the group", { to: group });
    await bot.next("message.received", ({ data }) => data.id === said);
    const poll = { kind: "poll" as const, question: "Tea?", options: ["yes", "no"] };
    const { waId: asked } = await bot.device.outbox.send({ to: group.id, content: poll });
    await bot.next("message.sent", ({ data }) => data.id === asked);
    const later = { content: { kind: "text", text: "Later" }, send_at: Math.ceil(clock.now() / 1000) + 900 } as const;
    const queued = await bot.device.outbox.send({ to: group.id, ...later });
    const sentence = "names a message of another chat";
    for (const target of [said, asked, queued.id, queued.waId]) {
      for (const content of [
        { kind: "edit", target, text: "Changed" },
        { kind: "delete", target },
        { kind: "reaction", target, emoji: "👍" },
        { kind: "pin", target },
        { kind: "keep", target },
        { kind: "forward", target },
        { kind: "poll_vote", target, options: ["yes"] },
        { kind: "event_response", target, response: "going" },
        { kind: "reaction", target: { id: target, from_me: true }, emoji: "👍" },
      ])
        await refused(says(content), `"content.target" ${sentence}, ${group.id}`);
      await refused(send({ text: "hi", reply_to: target }), `"reply_to" ${sentence}`);
      await refused(send({ text: "hi", reply_to: { id: target, sender: to } }), `"reply_to" ${sentence}`);
    }
    await refused(post({ to: group.id, text: "hi", reply_to: ids.anns }), `"reply_to" ${sentence}`);
    const forward = { kind: "forward", target: ids.anns };
    await refused(post({ to: group.id, content: forward }), `"content.target" ${sentence}`);
    expect((await post({ to: group.id, content: { ...forward, chat: to } }))[0]).toBe(202);
  });

  test.each<[string, string]>([
    ["zork", '"content.target.sender" takes a phone number'],
    ["120363000000000000@g.us", '"content.target.sender" takes the person'],
  ])("was not said by %s", (sender, sentence) =>
    refused(says({ kind: "reaction", emoji: "👍", target: { id: "3EB0NONE", sender } }), sentence),
  );

  test("one that this server has never seen is edited as one's own", async () => {
    const { content } = await bot.device.outbox.send({
      to,
      content: { kind: "edit", target: "3EB0UNSEEN", text: "New" },
    });
    expect(content).toMatchObject({ target: { sender: `${bot.phone.number}@s.whatsapp.net`, from_me: true } });
  });
});

describe("files", () => {
  test.each(["x", "AAA==", "a b c!", "%%%"])("base64 that is none is said to be: %s", (base64) =>
    refused(says({ kind: "document", base64 }), '"content.base64": it is no base64'),
  );

  test("base64 of either alphabet, and with line breaks, is one", async () => {
    for (const base64 of ["__79", "//79", "//\n79\n"]) expect((await says({ kind: "document", base64 }))[0]).toBe(202);
  });

  test.each<[string, object]>([
    ['"content.base64": The file is empty', { kind: "image", base64: "" }],
    [
      '"content.preview.image.base64": The file is empty',
      { kind: "text", text: "https://a.b", preview: { url: "https://a.b", image: { base64: "" } } },
    ],
    [
      '"content.preview.image" takes one of "url"',
      { kind: "text", text: "https://a.b", preview: { url: "https://a.b", image: {} } },
    ],
    ['"content.mime" takes its type', { kind: "document", base64: "aGk=", mime: "audio/x;\r\nset-cookie: a=b" }],
    ['"content.mime" takes its type', { kind: "document", base64: "aGk=", mime: "zork" }],
  ])("%s", (sentence, content) => refused(says(content), sentence));

  test.each<[string, string, Uint8Array, string]>([
    ["audio", "audio/mpeg", Buffer.from("no sound"), "an audio takes a sound file"],
    ["video", "video/mp4", Buffer.from("no film"), "a video takes an MP4 film"],
    ["gif", "video/mp4", Buffer.from("no film"), "a video takes an MP4 film"],
    ["voice", "audio/mpeg", Buffer.from("no sound"), "a voice message takes MP3"],
    ["image", "image/png", Buffer.from("<html>"), "an image takes a JPEG"],
    ["sticker", "image/png", Buffer.from("<html>"), "a sticker takes a picture"],
  ])("%s is not taken on its word for %s", (kind, mime, bytes, sentence) =>
    refused(says({ kind, mime, base64: Buffer.from(bytes).toString("base64") }), sentence),
  );

  test.each(["image", "sticker"])("%s: a picture that is cut off is none", async (kind) => {
    const cut = Buffer.from(await drawing())
      .subarray(0, 60)
      .toString("base64");
    await refused(says({ kind, base64: cut }), "The picture is damaged");
  });

  test.each(["video", "gif", "video_note"])("%s: a film that is cut off is none", (kind) => {
    const cut = Buffer.from(mp4()).subarray(0, 40).toString("base64");
    return refused(says({ kind, base64: cut }), "The film cannot be played");
  });

  test("an address that brings no file is named, whatever it does", async () => {
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) =>
        url.endsWith("/away")
          ? new Response(null, { status: 302, headers: { location: "http://169.254.169.254/" } })
          : new Response(""),
    });
    const at = (path: string) => says({ kind: "image", url: `http://127.0.0.1:${server.port}${path}` });
    await refused(at("/away"), '"content.url": 169.254.169.254 is a special address', 403);
    await refused(at("/empty"), '"content.url": The file is empty');
    await refused(says({ kind: "image", url: "http://127.0.0.1:1/" }), '"content.url": the connection was refused');
    await refused(
      says({ kind: "image", url: "http://10.0.0.1/" }),
      '"content.url": 10.0.0.1 is a private address',
      403,
    );
    await refused(says({ kind: "image", url: "file:///etc/passwd" }), '"content.url" takes an http', 400);
  });

  test.each<[string, number, (url: string) => object, [number, unknown]]>([
    ["a file", 45_000, (url) => ({ kind: "document", url }), [504, '"content.url": it was not here whole after 45 s.']],
    [
      "a page",
      8_000,
      (url) => ({ kind: "text", text: url, preview: true }),
      [202, expect.not.stringContaining("preview")],
    ],
  ])("%s that begins and never ends is not waited for", async (_what, patience, content, answer) => {
    const begun = alarm(patience);
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode("<html>"));
            },
          }),
          { headers: { "content-type": "text/html" } },
        ),
    });
    const sent = says(content(`http://127.0.0.1:${server.port}/`));
    await begun;
    clock.wind(patience);
    expect(await sent).toEqual(answer as [number, string]);
  });
});

describe("forms", () => {
  const form = async (fields: Record<string, string | File>, headers: Record<string, string> = {}) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ to, ...fields })) body.set(name, value);
    return told(
      await fetch(`${bot.url}${messages}`, { method: "POST", body, headers: { "x-api-key": adminKey, ...headers } }),
    );
  };
  const file = () => new File(["Read me"], "note.txt");

  test.each<[string, Record<string, string>, boolean]>([
    ['"text" does not go with a file', { text: "Read" }, true],
    ['"kind" takes one of image', { kind: "text" }, true],
    ['"caption" takes in a form', { caption: "x".repeat(4_097) }, true],
    ['"captoin" is not a field here', { captoin: "x" }, true],
    ['"content" is not a field here', { content: "{}" }, true],
    ['"file" is missing', { caption: "Look", kind: "image" }, false],
  ])("%s", (sentence, fields, hasFile) => refused(form({ ...fields, ...(hasFile ? { file: file() } : {}) }), sentence));

  test("that are torn are said to be", async () => {
    const headers = { "x-api-key": adminKey, "content-type": "multipart/form-data; boundary=x" };
    await refused(
      fetch(`${bot.url}${messages}`, { method: "POST", body: "zork", headers }).then(told),
      "not a whole form",
    );
  });

  test("the same form under one key, several at the same time, is one message", async () => {
    const before = await queued();
    const photo = () => new File([Buffer.from(picture, "base64")], "form.jpg");
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => form({ kind: "image", file: photo() }, { "idempotency-key": "one-form" })),
    );
    expect(answers.map(([status]) => status)).toEqual(answers.map(() => 202));
    expect(await queued()).toBe(before + 1);
  });

  test("a file's name is no path", async () => {
    const [, answer] = await form({ file: new File(["x"], "../../etc/pass\u0000wd") });
    expect(JSON.parse(answer)).toMatchObject({ data: { content: { name: ".._.._etc_pass_wd" } } });
  });
});

describe("/v1/media", () => {
  const upload = async (name: string) => {
    const path = `${bot.url}/v1/devices/default/media?name=${encodeURIComponent(name)}`;
    const answer = await fetch(path, {
      method: "POST",
      headers: { "x-api-key": adminKey },
      body: Buffer.from(picture, "base64"),
    });
    return ((await answer.json()) as { data: { url: string; name: string | null; sha256: string } }).data;
  };
  const get = (url: string, headers: Record<string, string> = {}) =>
    fetch(`${bot.url}${url}`, { headers: { "x-api-key": adminKey, ...headers } });

  test.each<[string, string | null, string]>([
    ["../a\r\nb.jpg", ".._a__b.jpg", "inline; filename*=UTF-8''.._a__b.jpg"],
    ["it's (1)*.jpg", "it's (1)*.jpg", "inline; filename*=UTF-8''it%27s%20%281%29%2a.jpg"],
    ["..", null, "inline"],
    ["ünï 📄.jpg", "ünï 📄.jpg", "inline; filename*=UTF-8''%C3%BCn%C3%AF%20%F0%9F%93%84.jpg"],
  ])("a name like %p is kept as one", async (given, name, header) => {
    const made = await upload(given);
    expect(made.name).toBe(name);
    expect((await get(made.url)).headers.get("content-disposition")).toBe(header);
  });

  test("what a contact calls a file's type cannot break the answer", async () => {
    const sent = await bot.contact().sends({
      kind: "document",
      bytes: new TextEncoder().encode("x"),
      mimetype: "audio/x;\r\na: b",
    });
    const { data } = await bot.next("message.received", ({ data }) => data.id === sent.id);
    const answer = await get((data.content as { url: string }).url);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "audio/x"]);
  });

  test.each([(tag: string) => tag, (tag: string) => `W/${tag}`, (tag: string) => `"other", ${tag}`, () => "*"])(
    "what is known already is not sent again: %p",
    async (asked) => {
      const { url, sha256 } = await upload("a.jpg");
      expect((await get(url, { "if-none-match": asked(`"${sha256}"`) })).status).toBe(304);
      expect((await get(url, { "if-none-match": '"other"' })).status).toBe(200);
    },
  );
});
