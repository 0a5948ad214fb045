import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerOf } from "../../src/media/container.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import matrix from "./matrix.json";

/**
 * Files like those that phones, browsers and offices make, and what each becomes as each kind of message. The outcome is
 * what arrives at the other side, or the beginning of the refusal.
 */
interface Outcome {
  mime?: string;
  width?: number;
  height?: number;
  seconds?: number;
  channels?: number;
  /** The colour of what is clear in the file. */
  ground?: "white";
  thumbnail?: "cover";
  refused?: string;
}

const rows = Object.entries(matrix as Record<string, Record<string, Outcome>>).flatMap(([file, kinds]) =>
  Object.entries(kinds).map(([kind, outcome]) => [file, kind, outcome] as const),
);

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({});
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const uploaded = new Map<string, Promise<string>>();

/** The file is brought once, with no word of its type but its name. */
function upload(file: string): Promise<string> {
  const before = uploaded.get(file);
  if (before) return before;
  const body = readFileSync(join(import.meta.dir, "files", file));
  const headers = { "x-api-key": adminKey, "content-type": "application/octet-stream" };
  const sent = fetch(`${bot.url}/v1/devices/default/media?name=${file}`, { method: "POST", headers, body })
    .then((answer) => answer.json() as Promise<{ data: { media_id: string } }>)
    .then(({ data }) => data.media_id);
  uploaded.set(file, sent);
  return sent;
}

test.each(rows)("%s as %s", async (file, kind, outcome) => {
  const content = { kind, media_id: await upload(file) } as never;
  const sent = await bot.device.outbox.send({ to: "628123456789", content }).catch((error: unknown) => error);
  if (outcome.refused !== undefined) {
    expect(sent).toMatchObject({ code: "invalid", message: expect.stringContaining(outcome.refused) });
    return;
  }
  expect(sent).toHaveProperty("waId");
  const { waId } = sent as { waId: string };
  const heard = await bot.contact().hears(({ id }) => id === waId);
  const { imageMessage, stickerMessage, videoMessage, ptvMessage, audioMessage, documentMessage } = heard.message;
  const said = imageMessage ?? stickerMessage ?? videoMessage ?? ptvMessage ?? audioMessage ?? documentMessage;
  const { mime, width, height, seconds } = outcome;
  expect(said?.mimetype).toBe(mime);
  if (width !== undefined) expect(said).toMatchObject({ width, height });
  if (seconds !== undefined) expect(said).toMatchObject({ seconds });
  const bytes = new Blob([Uint8Array.from(bot.contact().opens(heard))]);
  if (outcome.channels !== undefined) expect((await containerOf(bytes))?.audio?.channels).toBe(outcome.channels);
  const small = said && "jpegThumbnail" in said ? said.jpegThumbnail : null;
  if (outcome.ground === "white") expect(await corner(small)).toBeGreaterThan(240);
  if (kind === "video") expect(small?.length).toBeGreaterThan(100);
  if (outcome.thumbnail === "cover") {
    const headers = { "x-api-key": adminKey };
    const cover = await fetch(`${bot.url}/v1/media/${await upload(file)}/thumbnail`, { headers });
    expect(cover.status).toBe(200);
  }
});

/** How bright the first pixel of a picture is, 0 to 255. */
async function corner(jpeg: Uint8Array | null | undefined): Promise<number> {
  const { decode } = await import("fast-png");
  const { data } = decode(await new Bun.Image(Uint8Array.from(jpeg ?? [])).png().bytes());
  return Math.min(data[0] ?? 0, data[1] ?? 0, data[2] ?? 0);
}
