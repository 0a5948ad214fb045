import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import type { DraftContent } from "../../src/core/model/content/draft.ts";
import type { Message } from "../../src/core/model/message/message.ts";
import { jpeg, mp4 } from "../files.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import type { SimulatedContact } from "../../src/simulator/index.ts";
import { hour, world } from "./world.ts";

let bot: TestBot;
let image: { kind: "image"; media_id: string };
let video: { kind: "video"; media_id: string };

beforeAll(async () => {
  bot = await startBot({ env: { WEBHOOK_URL: "" } });
  await bot.link();
  const kept = async (bytes: Uint8Array) => (await bot.device.upload({ bytes: streamOf(bytes) })).id;
  image = { kind: "image", media_id: await kept(await jpeg()) };
  video = { kind: "video", media_id: await kept(mp4()) };
});
afterAll(() => bot[Symbol.asyncDispose]());

const streamOf = (bytes: Uint8Array) => new Blob([Uint8Array.from(bytes)]).stream();
const albumOf = (...files: Extract<DraftContent, { kind: "album" }>["files"]) => ({ kind: "album", files }) as const;
const { MEDIA_ALBUM } = proto.MessageAssociation.AssociationType;

/** The ids of what an album announces. */
const filesOf = ({ content }: Message): string[] => (content.kind === "album" ? (content.files ?? []) : []);
const stateOf = async (on: TestBot, { id }: Message) => (await on.device.outbox.message(id)).state;

/** Sends a form of these files. */
async function form(files: readonly [Uint8Array, string][], fields: Record<string, string> = {}) {
  const body = new FormData();
  body.set("to", bot.contact().number);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  for (const [bytes, name] of files) body.append("file", new Blob([Uint8Array.from(bytes)]), name);
  const answer = await fetch(`${bot.url}/v1/devices/default/messages`, {
    method: "POST",
    headers: { "x-api-key": adminKey },
    body,
  });
  const { data, error } = (await answer.json()) as {
    data?: { id: string; content: { files: string[] } };
    error?: string;
  };
  return { ...data, status: answer.status, error };
}

test("several files in a form are an album, with the caption below the first", async () => {
  const [picture, film] = [await jpeg(), mp4()];
  const { status, id, content } = await form(
    [
      [picture, "a.jpg"],
      [film, "b.mp4"],
    ],
    { caption: "both" },
  );
  expect(status).toBe(202);
  const [announcement, first, second] = await Promise.all(
    [id, ...(content?.files ?? [])].map((one) => bot.contact().hears((heard) => heard.id === one)),
  );
  expect(announcement?.message.albumMessage).toMatchObject({ expectedImageCount: 1, expectedVideoCount: 1 });
  expect([first?.message.imageMessage?.caption, second?.message.videoMessage?.caption || null]).toEqual(["both", null]);
});

test.each([
  ["of another kind", ["a.jpg", "b.jpg"], { kind: "image" }, '"kind" takes "album" for several files'],
  ["with what is neither", ["a.jpg", "b.pdf"], {}, '"file" takes pictures and films for an album, and "b.pdf" is'],
  ["too many", Array.from({ length: 31 }, () => "a.jpg"), {}, '"file" takes up to 30 files'],
  ["of one alone", ["a.jpg"], { kind: "album" }, '"kind" takes one of'],
  ["with a text", ["a.jpg", "b.jpg"], { text: "hi" }, '"text" does not go with a file'],
])("a form of several files %s is refused", async (_, names, fields, sentence) => {
  const picture = await jpeg();
  const files = names.map((name): [Uint8Array, string] => [
    name.endsWith("pdf") ? Buffer.from("%PDF-1.7") : picture,
    name,
  ]);
  expect(await form(files, fields)).toMatchObject({ status: 400, error: expect.stringContaining(sentence) });
});

describe("an album", () => {
  test("is announced, and its files follow in order, each naming it", async () => {
    const ann = bot.contact();
    const content = albumOf({ ...image, caption: "one" }, { ...video, caption: "two" }, image);
    const album = await bot.device.outbox.send({ to: ann.number, content });
    expect(album.content).toMatchObject({ kind: "album", images: 2, videos: 1 });
    const ids = filesOf(album);
    const arrived = [];
    for (const id of [album.waId, ...ids]) arrived.push(await ann.hears((heard) => heard.id === id));
    const [announcement, ...files] = arrived.map(({ message }) => message);
    expect(announcement?.albumMessage).toMatchObject({ expectedImageCount: 2, expectedVideoCount: 1 });
    expect(files.map(({ imageMessage, videoMessage }) => (imageMessage ?? videoMessage)?.caption ?? null)).toEqual([
      "one",
      "two",
      null,
    ]);
    for (const { messageContextInfo } of files) {
      expect(messageContextInfo?.messageSecret?.length).toBe(32);
      expect(messageContextInfo?.messageAssociation).toMatchObject({
        associationType: MEDIA_ALBUM,
        parentMessageKey: { id: album.waId, fromMe: true, remoteJid: ann.lid },
      });
    }
    bot.sim.assertNoProblems();
  });

  test("is sent once all of its files are, and tells it after them", async () => {
    const ann = bot.contact();
    const album = await bot.device.outbox.send({ to: ann.number, content: albumOf(image, video, image) });
    const settled = await bot.device.outbox.settled(album.id, 10_000);
    expect([settled.state, settled.reason]).toEqual(["sent", null]);
    const told = bot.events.flatMap(({ type, data }) =>
      type === "message.sent" && "id" in data && [album.waId, ...filesOf(album)].includes(String(data.id))
        ? [data]
        : [],
    );
    expect(told.map((data) => ("id" in data ? data.id : ""))).toEqual([...filesOf(album), album.waId]);
    await bot.next("message.status", ({ data }) => data.id === album.waId);
    const ours = bot.events.flatMap(({ type, data }) => ("id" in data && data.id === album.waId ? [type] : []));
    expect(ours.slice(0, 2)).toEqual(["message.sent", "message.status"]);
    expect(told.map((data) => ("album" in data ? data.album : null))).toEqual([
      ...filesOf(album).map(() => album.waId),
      null,
    ]);
  });

  test("answers a message by its announcement, and its captions mention whom they name", async () => {
    const [ann, citra] = [bot.contact(), bot.contact("628999000111", "Citra")];
    const group = bot.sim.group("Trip", [ann, citra, bot.phone], { addressing: "pn" });
    const said = await ann.says("pictures?", { to: group });
    await bot.next("message.received", ({ data }) => data.id === said.id);
    const content = albumOf({ ...image, caption: `for @${citra.number}` }, image);
    const album = await bot.device.outbox.send({
      to: group.id,
      content,
      reply_to: said.id,
      mentions: [citra.number],
      expires_in: 86_400,
    });
    const [first = "", second = ""] = filesOf(album);
    const heard = async (id: string) => (await ann.hears((each) => each.id === id)).message;
    const announcement = (await heard(album.waId)).albumMessage?.contextInfo;
    expect([announcement?.stanzaId, announcement?.expiration]).toEqual([said.id, 86_400]);
    const [one, two] = [
      (await heard(first)).imageMessage?.contextInfo,
      (await heard(second)).imageMessage?.contextInfo,
    ];
    expect(one?.mentionedJid).toEqual([citra.jid]);
    expect(two?.mentionedJid ?? []).toEqual([]);
    expect([one?.stanzaId ?? null, two?.expiration]).toEqual([null, 86_400]);
  });

  test("what comes behind it in the chat comes after its files", async () => {
    const ann = bot.contact();
    const album = await bot.device.outbox.send({ to: ann.number, content: albumOf(image, image) });
    const text = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "behind" } });
    await bot.device.outbox.settled(text.id, 10_000);
    const ours = new Set([album.waId, ...filesOf(album), text.waId]);
    const left = bot.sim.record.outgoing().map(({ id }) => id);
    expect(left.filter((id) => ours.has(id))).toEqual([...ours]);
  });

  test.each([
    ["one file", () => [image], "content.files", "2 to 30"],
    ["31 files", () => Array.from({ length: 31 }, () => image), "content.files", "2 to 30"],
    ["a document", () => [image, { ...image, kind: "document" }], "content.files.1.kind", "image and video"],
    ["a stray field", () => [image, { ...image, colour: "red" }], "content.files.1.colour", "not a field here"],
    [
      "a file that is nowhere",
      () => [image, { ...image, media_id: "0194f6b0" }],
      "content.files.1.media_id",
      "media_id",
    ],
    ["a picture as a film", () => [video, { ...image, kind: "video" }], "content.files.1", "video"],
  ])("of %s is refused, naming it, and nothing is queued", async (_name, files, field, words) => {
    const newest = async () => (await bot.device.outbox.list({ limit: 1 })).messages.map(({ id }) => id);
    const before = await newest();
    const content = { kind: "album", files: files() } as unknown as DraftContent;
    const failure: unknown = await bot.device.outbox
      .send({ to: bot.contact().number, content })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ field });
    expect((failure as Error).message).toContain(words);
    expect(await newest()).toEqual(before);
  });

  test.each([
    ["a channel", "120363000000000001@newsletter", {}],
    ["the status", "status@broadcast", { audience: ["628999000111"] }],
    ["seen once", "628999000111", { view_once: true }],
    ["everyone", "628999000111", { mentions_everyone: true }],
  ])("is not for %s", async (_name, to, more) => {
    const sending = bot.device.outbox.send({ to, content: albumOf(image, image), ...more });
    expect(await sending.catch((error: unknown) => error)).toMatchObject({ code: "invalid" });
  });

  test("is not for a bulk", async () => {
    const sending = bot.device.bulk.send({ to: ["628999000111"], draft: { content: albumOf(image, image) } });
    expect(await sending.catch((error: unknown) => error)).toMatchObject({ code: "invalid", field: "content.kind" });
  });

  test("fails with its file, and says how many did not leave", async () => {
    const ann = bot.contact("628999000222", "Dewi");
    let isAnnounced = false;
    bot.sim.raw.trace(({ direction, stanza: { tag, attrs } }) => {
      if (isAnnounced || direction !== "out" || tag !== "ack" || attrs["class"] !== "message") return;
      isAnnounced = true;
      bot.sim.faults.refuseMessages("406");
    });
    const album = await bot.device.outbox.send({ to: ann.number, content: albumOf(image, image, image) });
    const settled = await bot.device.outbox.settled(album.id, 10_000);
    expect(settled).toMatchObject({ state: "failed", reason: "406" });
    expect(settled.error).toStartWith("1 of its 3 files did not leave: ");
    const { data } = await bot.next("message.failed", ({ data: { id } }) => id === album.waId);
    expect(data).toMatchObject({ message_id: album.id, code: "406" });
  });

  test("that WhatsApp refuses takes its files along: none of them leaves", async () => {
    const ann = bot.contact("628999000333", "Eka");
    bot.sim.faults.refuseMessages("406");
    const album = await bot.device.outbox.send({ to: ann.number, content: albumOf(image, image) });
    const [, second = ""] = filesOf(album);
    await bot.next("message.failed", ({ data: { id } }) => id === second);
    const left = bot.sim.record.outgoing().filter(({ id }) => filesOf(album).includes(id));
    expect([await stateOf(bot, album), left]).toEqual(["failed", []]);
  });

  describe("whose announcement arrived while its files wait", () => {
    /** WhatsApp holds the contact against the first file. */
    async function announcedTo(ann: SimulatedContact) {
      let isTaken = false;
      bot.sim.raw.trace(({ direction, stanza: { tag, attrs } }) => {
        if (isTaken || direction !== "out" || tag !== "ack" || attrs["class"] !== "message") return;
        isTaken = true;
        bot.sim.faults.refuseMessages("463");
      });
      const album = await bot.device.outbox.send({ to: ann.number, content: albumOf(image, image, image) });
      await ann.hears((heard) => heard.id === album.waId);
      await bot.next("message.waiting", ({ data: { id } }) => id === filesOf(album)[0]);
      return album;
    }
    const shown = async ({ id }: Message) => {
      const answer = await bot.call("GET", `/v1/devices/default/messages/${id}`);
      return ((await answer.json()) as { data: { status: string } }).data.status;
    };

    test("is shown as sending, and none of its files leaves once it is cancelled", async () => {
      const album = await announcedTo(bot.contact("628999000555", "Gita"));
      expect(await shown(album)).toBe("sending");
      expect((await bot.device.outbox.cancel(album.id)).state).toBe("cancelled");
      for (const file of filesOf(album)) await bot.next("message.cancelled", ({ data: { id } }) => id === file);
      expect(await shown(album)).toBe("cancelled");
      const again = bot.device.outbox.cancel(album.id);
      expect(await again.catch((error: unknown) => error)).toMatchObject({ code: "conflict" });
    });

    test("is released with what of it waits", async () => {
      const album = await announcedTo(bot.contact("628999000666", "Hadi"));
      await bot.device.outbox.release(album.id);
      for (const file of filesOf(album)) await bot.next("message.released", ({ data: { id } }) => id === file);
    });
  });

  test("that is announced when the connection ends goes on with its files on the next one", async () => {
    const ann = bot.contact("628999000444", "Fitri");
    let isAnnounced = false;
    bot.sim.raw.trace(({ direction, stanza: { tag, attrs } }) => {
      if (isAnnounced || direction !== "out" || tag !== "ack" || attrs["class"] !== "message") return;
      isAnnounced = true;
      bot.sim.faults.at("in", { do: "cut" }, { when: "message" });
    });
    const album = await bot.device.outbox.send({ to: ann.number, content: albumOf(image, image) });
    for (const id of filesOf(album)) await ann.hears((heard) => heard.id === id);
    expect((await bot.device.outbox.settled(album.id, 10_000)).state).toBe("sent");
    // Announced once: what WhatsApp took does not leave again.
    expect(bot.sim.record.outgoing(album.waId).flatMap(({ answers }) => answers)).toHaveLength(1);
  });
});

describe("an album that waits", () => {
  test("is cancelled, released and moved as one; its files alone are not", async () => {
    const [held, clock] = await world();
    await using _ = held;
    const media = (await held.device.upload({ bytes: streamOf(await jpeg()) })).id;
    const file = { kind: "image", media_id: media } as const;
    const send_at = Math.floor(clock.now() / 1000) + 7_200;
    const plan = () => held.device.outbox.send({ to: held.contact().number, content: albumOf(file, file), send_at });
    const stateOfAll = async (album: Message) => {
      const files = await held.device.outbox.list({ limit: 100 });
      const own = files.messages.filter(({ waId }) => filesOf(album).includes(waId));
      return [await stateOf(held, album), ...own.map(({ state }) => state)];
    };
    const first = await plan();
    expect(await stateOfAll(first)).toEqual(["waiting", "waiting", "waiting"]);
    const [child] = (await held.device.outbox.list({ limit: 1 })).messages;
    const alone = held.device.outbox.cancel(child?.id ?? "");
    expect(await alone.catch((error: unknown) => error)).toMatchObject({ code: "conflict" });
    await held.device.outbox.cancel(first.id);
    expect(await stateOfAll(first)).toEqual(["cancelled", "cancelled", "cancelled"]);

    const second = await plan();
    await held.device.outbox.release(second.id);
    expect((await held.device.outbox.settled(second.id, 10_000)).state).toBe("sent");
    expect(await stateOfAll(second)).toEqual(["sent", "sent", "sent"]);

    const third = await plan();
    await held.device.outbox.reschedule(third.id, send_at + 3_600);
    clock.wind(2.5 * hour);
    expect(await stateOfAll(third)).toEqual(["waiting", "waiting", "waiting"]);
    clock.wind(hour);
    await held.next("message.released", ({ data }) => data.id === third.waId);
    expect((await held.device.outbox.settled(third.id, 10_000)).state).toBe("sent");
  });
});
