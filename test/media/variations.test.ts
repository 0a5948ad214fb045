import { afterAll, beforeAll, expect, test } from "bun:test";
import { fileName } from "../../src/core/media/file-name.ts";
import { mono } from "../../src/media/mix.ts";
import { isWhole, withoutMetadata } from "../../src/media/metadata.ts";
import type { DraftContent } from "../../src/core/model/content/draft.ts";
import { jpeg, mp4, picture } from "../files.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({});
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");

async function send(content: DraftContent) {
  const { waId } = await bot.device.outbox.send({ to: "628123456789", content });
  const heard = await bot.contact().hears(({ id }) => id === waId);
  return { ...heard.message, bytes: bot.contact().opens(heard) };
}

/** EXIF with a place, a serial number, and how the picture is turned. */
function exif(turn: number, order: "II" | "MM" = "MM"): Buffer {
  const tiff = Buffer.alloc(60);
  const short = (value: number, at: number) =>
    order === "MM" ? tiff.writeUInt16BE(value, at) : tiff.writeUInt16LE(value, at);
  const long = (value: number, at: number) =>
    order === "MM" ? tiff.writeUInt32BE(value, at) : tiff.writeUInt32LE(value, at);
  tiff.write(order, 0, "latin1");
  short(42, 2);
  long(8, 4);
  short(2, 8);
  [0x0112, 3].forEach((value, index) => short(value, 10 + index * 2));
  long(1, 14);
  short(turn, 18);
  [0x8825, 4].forEach((value, index) => short(value, 22 + index * 2));
  tiff.write("GPS-SERIAL", 40, "latin1");
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

const tagged = async (turn: number, order?: "II" | "MM"): Promise<Buffer> => {
  const plain = Buffer.from(await new Bun.Image(await picture()).resize(120, 80, { fit: "fill" }).jpeg().bytes());
  return Buffer.concat([plain.subarray(0, 2), exif(turn, order), plain.subarray(2)]);
};

test.each([
  [1, "MM"],
  [6, "MM"],
  [6, "II"],
  [8, "II"],
] as const)("a photo turned as %d (%s) keeps its turn and loses its place", async (turn, order) => {
  const photo = await tagged(turn, order);
  const { imageMessage, bytes } = await send({ kind: "image", base64: base64(photo) });
  expect(bytes.includes("GPS-SERIAL")).toBe(false);
  const size = turn === 1 ? { width: 120, height: 80 } : { width: 80, height: 120 };
  expect(imageMessage).toMatchObject(size);
  expect(await new Bun.Image(bytes).metadata()).toMatchObject(size);
});

test("a photo keeps its place when that is asked for, and always in a document", async () => {
  const photo = await tagged(6);
  expect((await send({ kind: "image", base64: base64(photo), keep_metadata: true })).bytes).toEqual(photo);
  expect((await send({ kind: "document", base64: base64(photo), name: "a.jpg" })).bytes).toEqual(photo);
});

test("damaged metadata breaks nothing", async () => {
  const photo = await tagged(6);
  for (let at = 2; at < 90; at++) {
    const broken = Buffer.from(photo);
    broken[at] = 0xff;
    expect(() => [withoutMetadata(broken), isWhole(broken)]).not.toThrow();
    expect(() => [withoutMetadata(photo.subarray(0, at)), isWhole(photo.subarray(0, at))]).not.toThrow();
  }
});

const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const zip = Buffer.from("PK\x03\x04 and more", "latin1");

test.each<[string, DraftContent & { kind: "document" }, string]>([
  ["the caller's word before all", { kind: "document", base64: base64(zip), mime: word, name: "a.xlsx" }, word],
  [
    "the prefix before the name",
    { kind: "document", base64: `data:text/plain;base64,${base64("a;b")}`, name: "a.csv" },
    "text/plain",
  ],
  [
    "a prefix with parameters",
    { kind: "document", base64: `data:text/csv;charset=utf-8;base64,${base64("a;b")}` },
    "text/csv",
  ],
  [
    "a prefix that says nothing",
    { kind: "document", base64: `data:application/octet-stream;base64,${base64("a;b")}`, name: "a.csv" },
    "text/csv",
  ],
  ["the name before the bytes", { kind: "document", base64: base64("BMI;weight"), name: "report.csv" }, "text/csv"],
  ["an upper-case extension", { kind: "document", base64: base64(zip), name: "REPORT.DOCX" }, word],
  ["the bytes at last", { kind: "document", base64: base64("%PDF-1.7 x") }, "application/pdf"],
  ["nothing at all", { kind: "document", base64: base64("words") }, "application/octet-stream"],
])("the type of a document: %s", async (_, content, mime) => {
  expect((await send(content)).documentMessage?.mimetype ?? "").toBe(mime);
});

test("names are clean, whoever gives them, and keep their extension", async () => {
  expect(fileName("../../etc/passwd")).toBe(".._.._etc_passwd");
  expect(fileName("photo\u202Egpj.exe")).toBe("photogpj.exe");
  expect(fileName(" a\r\nb\u200b.txt ")).toBe("a__b.txt");
  expect(fileName("..")).toBeNull();
  expect(fileName("\u202e\u0000")).toBeNull();
  expect(fileName(`${"x".repeat(400)}.pdf`)).toBe(`${"x".repeat(251)}.pdf`);
  const { id } = await bot.contact().sends({ kind: "document", bytes: Buffer.from("x"), fileName: "a\u202Efdp.exe\n" });
  const { data } = await bot.next("message.received", (event) => event.data.id === id);
  expect(data.content).toMatchObject({ kind: "document", name: "afdp.exe" });
});

test.each([
  ["of a known type", { base64: base64(Buffer.from("%PDF-1.7 words")) }, "file.pdf"],
  ["of a type that is said", { base64: base64(Buffer.from("a;b")), mime: "text/csv" }, "file.csv"],
  ["of bytes that nobody knows", { base64: base64(Buffer.from([1, 2, 3])) }, "file"],
])("a document without a name, %s, has one that phones open it by", async (_, file, name) => {
  const { documentMessage } = await send({ kind: "document", ...file });
  expect(documentMessage?.fileName).toBe(name);
});

test("what a page calls a blob that it gave no name is none", async () => {
  const form = new FormData();
  form.set("to", "628123456789");
  form.set("file", new Blob(["%PDF-1.7 words"], { type: "application/pdf" }));
  const headers = { "x-api-key": adminKey };
  const answer = await fetch(`${bot.url}/v1/devices/default/messages`, { method: "POST", headers, body: form });
  const { data } = (await answer.json()) as { data: { content: { name: string } } };
  expect(data.content.name).toBe("file.pdf");
});

test("a thumbnail is the caller's, and one that is no picture is refused by its field", async () => {
  const given = await new Bun.Image(await picture()).resize(64, 64, { fit: "fill" }).jpeg().bytes();
  const film = { kind: "video", base64: base64(mp4()) } as const;
  const neutral = (await send(film)).videoMessage?.jpegThumbnail;
  const { videoMessage } = await send({ ...film, thumbnail: base64(given) });
  expect(await new Bun.Image(Uint8Array.from(videoMessage?.jpegThumbnail ?? [])).metadata()).toMatchObject({
    width: 100,
  });
  expect(videoMessage?.jpegThumbnail).not.toEqual(neutral);
  const refused = await bot.device.outbox
    .send({ to: "628123456789", content: { ...film, thumbnail: "%%%" } })
    .catch(String);
  expect(refused).toContain("content.thumbnail");
});

test.each([100, 3_000, 0.5, 0.99])("a JPEG that ends after %d of it is refused", async (share) => {
  const whole = await jpeg();
  const cut = whole.subarray(0, share < 1 ? Math.floor(whole.length * share) : share);
  if (cut.length === whole.length) return;
  const sent = await bot.device.outbox
    .send({ to: "628123456789", content: { kind: "image", base64: base64(cut) } })
    .catch((e: unknown) => e);
  expect(sent).toMatchObject({ code: "invalid", field: "content" });
});

test("channels are mixed as loud as the loudest of them", () => {
  const tone = (at: number) => 0.8 * Math.sin(at / 5);
  const mixed = (channels: number, loud: number) => {
    const samples = Float32Array.from({ length: channels * 1_000 }, (_, at) =>
      at % channels === loud ? tone(Math.floor(at / channels)) : 0,
    );
    return Math.max(...mono(samples, channels));
  };
  expect(mixed(6, 2)).toBeWithin(0.75, 0.81);
  expect(mixed(2, 0)).toBeWithin(0.75, 0.81);
  expect(mixed(8, 5)).toBeWithin(0.75, 0.81);
  expect(mixed(6, 3)).toBe(0);
  const both = Float32Array.from({ length: 2_000 }, (_, at) => tone(Math.floor(at / 2)));
  expect(Math.max(...mono(both, 2))).toBeWithin(0.75, 0.81);
});
