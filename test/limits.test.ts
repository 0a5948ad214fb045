import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { DraftContent } from "../src/core/model/content/draft.ts";
import { mediaTools } from "../src/media/tools.ts";
import type { WoundClock } from "./clock.ts";
import { animated, gif, jpeg, mp3, mp4, picture, wav } from "./files.ts";
import type { TestBot } from "./harness.ts";
import { hour, minute, world } from "./sending/world.ts";

let bot: TestBot;
let clock: WoundClock;
let group: string;
/** Messages in Ann's chat, by what they are for. */
const ids = { hers: "", ours: "", poll: "", event: "", off: "", gone: "", once: "", place: "" };
const ann = () => bot.contact();
const now = () => Math.floor(clock.now() / 1000);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const blinking = (pictures: number) =>
  gif(
    2,
    1,
    [0xff0000, 0x0000ff],
    Array.from({ length: pictures }, (_, at) => ({ pixels: [at % 2, 0], delay: 200 })),
  );
const text = (length: number) => "x".repeat(length);

beforeAll(async () => {
  [bot, clock] = await world({ env: { MEDIA_MAX_MB: "20" } });
  group = bot.sim.group("Pigeons", [ann(), bot.phone]).id;
  const says = async (words: Parameters<ReturnType<typeof ann>["says"]>[0]) => {
    const said = await ann().says(words, { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === said.id);
    return said;
  };
  const sends = async (content: DraftContent, more: object = {}) => {
    const { waId } = await bot.device.outbox.send({ to: ann().number, content, ...more });
    await bot.next("message.sent", ({ data }) => data.id === waId);
    return waId;
  };
  ids.hers = (await says("Hers")).id;
  ids.ours = await sends({ kind: "text", text: "Ours" });
  ids.poll = await sends({ kind: "poll", question: "?", options: ["a", "b", "c"], selectable: 1 });
  ids.event = await sends({ kind: "event", name: "Picnic", start_at: now() + 3600 });
  ids.off = await sends({ kind: "event", name: "Picnic", start_at: now() + 3600, cancelled: true });
  ids.place = await sends({ kind: "location", latitude: 1, longitude: 1 });
  ids.once = await sends({ kind: "image", base64: base64(await jpeg()) }, { view_once: true });
  const gone = await says("Gone");
  await ann().deletes(gone);
  await bot.next("message.deleted");
  ids.gone = gone.id;
});
afterAll(() => bot[Symbol.asyncDispose]());

interface Given {
  to?: unknown;
  text?: unknown;
  content?: object;
  [field: string]: unknown;
}
type Lazy<T> = T | (() => T | Promise<T>);
type Row = { takes: Lazy<Given[]>; refuses: Lazy<[Given, string | RegExp][]> };
const content = (given: object) => ({ content: given });

const rows: Record<string, Row> = {
  to: {
    takes: () => [ann().number, `+${ann().number}`, ann().jid, ann().lid, group].map((to) => ({ to, text: "hi" })),
    refuses: [
      [{ to: "Ann", text: "hi" }, '"to" takes a phone number'],
      [{ to: "0812345678", text: "hi" }, '"to" takes a phone number'],
      [{ to: "ann@s.whatsapp.net", text: "hi" }, '"to" takes a phone number'],
      [{ to: "1234@broadcast", text: "hi" }, "broadcast lists stay on the phone"],
    ],
  },
  text: {
    takes: [{ text: "x" }, { text: text(65_536) }],
    refuses: [
      [{ text: "" }, '"text" takes a text of 1 to 65,536'],
      [{ text: text(65_537) }, '"text" takes a text of 1 to 65,536'],
      [{ text: " \n" }, "not only spaces"],
    ],
  },
  preview: {
    takes: [content({ kind: "text", text: "a https://a.b c", preview: { url: "https://a.b", title: text(200) } })],
    refuses: [
      [content({ kind: "text", text: "a", preview: { url: "https://a.b" } }), /"content.preview.url" takes an address/],
      [content({ kind: "text", text: "a", preview: { url: "a", title: text(201) } }), /"content.preview" takes/],
      [content({ kind: "text", text: "a", preview: { url: "a", description: text(501) } }), /"content.preview" takes/],
    ],
  },
  caption: {
    takes: async () => [content({ kind: "image", base64: base64(await jpeg()), caption: text(4_096) })],
    refuses: [
      [content({ kind: "image", base64: "", caption: text(4_097) }), '"content.caption" takes a text of up to'],
    ],
  },
  file: {
    takes: [content({ kind: "document", base64: base64(Buffer.from("x")) })],
    refuses: [
      [content({ kind: "document" }), 'takes one of "url", "base64" and "media_id"'],
      [content({ kind: "document", base64: "eA==", media_id: "a" }), 'takes one of "url", "base64" and "media_id"'],
      [content({ kind: "document", base64: "" }), "The file is empty"],
      [content({ kind: "document", base64: base64(Buffer.alloc(20 * 2 ** 20 + 1)) }), "8 MB"],
    ],
  },
  image: {
    takes: async () => [content({ kind: "image", base64: base64(await picture()) })],
    refuses: async () => [
      [content({ kind: "image", base64: base64(mp3()) }), "an image takes a JPEG, PNG, WebP or GIF picture"],
      [content({ kind: "image", base64: base64(Buffer.concat([await jpeg(), Buffer.alloc(16 * 2 ** 20)])) }), "8 MB"],
    ],
  },
  video: {
    takes: ["video", "gif"].map((kind) => content({ kind, base64: base64(mp4()) })),
    refuses: async () => [[content({ kind: "video", base64: base64(await jpeg()) }), "takes an MP4"]],
  },
  video_note: {
    takes: [content({ kind: "video_note", base64: base64(mp4(60)) })],
    refuses: [[content({ kind: "video_note", base64: base64(mp4(61)) }), "up to 60 seconds"]],
  },
  audio: {
    takes: [content({ kind: "audio", base64: base64(mp3()) })],
    refuses: async () => [[content({ kind: "audio", base64: base64(await jpeg()) }), "takes a sound file"]],
  },
  voice: {
    takes: [content({ kind: "voice", base64: base64(wav(1)) })],
    refuses: async () => [
      [content({ kind: "voice", base64: base64(wav(1_801, 1_000)) }), "longer than 30 minutes"],
      [content({ kind: "voice", base64: base64(await jpeg()) }), "takes MP3, M4A, AAC, OGG, WAV, FLAC, AMR or WebM"],
    ],
  },
  document: {
    takes: [content({ kind: "document", base64: "eA==", name: `${text(251)}.txt` })],
    refuses: ["a/b.txt", "a\\b.txt", "..", "a\nb", text(256), ""].map((name) => [
      content({ kind: "document", base64: "eA==", name }),
      `"content.name" takes a file's name`,
    ]),
  },
  sticker: {
    takes: async () =>
      [await picture(), await animated(), blinking(5)].map((bytes) =>
        content({ kind: "sticker", base64: base64(bytes) }),
      ),
    refuses: async () => [
      [content({ kind: "sticker", base64: base64(await animated(300)) }), "512 by 512 pixels and at most 1 MB"],
      [content({ kind: "sticker", base64: base64(blinking(6)) }), "up to 10 seconds"],
      [content({ kind: "sticker", base64: base64(mp3()) }), "a sticker takes a picture"],
    ],
  },
  location: {
    takes: [content({ kind: "location", latitude: -90, longitude: 180, name: text(1_000) })],
    refuses: [
      [content({ kind: "location", latitude: 90.1, longitude: 0 }), '"content.latitude" takes degrees, -90 to 90'],
      [content({ kind: "location", latitude: 0, longitude: -181 }), '"content.longitude" takes degrees, -180 to 180'],
      [content({ kind: "location", latitude: 0, longitude: 0, address: text(1_001) }), '"content.address" takes up to'],
    ],
  },
  live_location: {
    takes: [content({ kind: "live_location", latitude: 0, longitude: 0, heading: 360, caption: text(1_024) })],
    refuses: [
      [content({ kind: "live_location", latitude: 0, longitude: 0, heading: 361 }), '"content.heading" takes degrees'],
      [content({ kind: "live_location", latitude: 0, longitude: 0, speed: -1 }), '"content.speed" takes metres'],
      [
        content({ kind: "live_location", latitude: 0, longitude: 0, caption: text(1_025) }),
        '"content.caption" takes up',
      ],
    ],
  },
  contacts: {
    takes: [
      content({
        kind: "contacts",
        contacts: Array.from({ length: 257 }, () => ({ name: "A", phone: "628123456789" })),
      }),
      content({
        kind: "contacts",
        contacts: [{ name: "A", vcard: "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nEND:VCARD\r\n" }],
      }),
    ],
    refuses: [
      [content({ kind: "contacts", contacts: [] }), '"content.contacts" takes 1 to 257 cards'],
      [
        content({
          kind: "contacts",
          contacts: Array.from({ length: 258 }, () => ({ name: "A", phone: "628123456789" })),
        }),
        "1 to 257",
      ],
      [
        content({ kind: "contacts", contacts: [{ name: " ", phone: "628123456789" }] }),
        '"content.contacts.0.name" takes',
      ],
      [
        content({ kind: "contacts", contacts: [{ name: "A", phone: "0812" }] }),
        "content.contacts.0.phone takes digits",
      ],
      [
        content({ kind: "contacts", contacts: [{ name: "A", vcard: "FN:A" }] }),
        '"content.contacts.0.vcard" takes a whole',
      ],
      [content({ kind: "contacts", contacts: [{ name: "A" }] }), '"content.contacts.0" takes { name, phone }'],
    ],
  },
  group_invite: {
    takes: () => [content({ kind: "group_invite", group, code: "abcDEF", name: "Pigeons", expires_at: now() + 60 })],
    refuses: () => [
      [content({ kind: "group_invite", group: "x@g.us", code: "a", name: "b" }), '"content.group" takes a group id'],
      [content({ kind: "group_invite", group, code: "a b", name: "b" }), '"content.code" takes'],
      [content({ kind: "group_invite", group, code: "a", name: text(101) }), '"content.name" takes'],
      [content({ kind: "group_invite", group, code: "a", name: "b", expires_at: now() - 1 }), "takes a moment to come"],
    ],
  },
  poll: {
    takes: [
      content({
        kind: "poll",
        question: text(255),
        options: Array.from({ length: 12 }, (_, at) => `${at}`.padEnd(100, ".")),
        selectable: 12,
      }),
    ],
    refuses: [
      [
        content({ kind: "poll", question: text(256), options: ["a", "b"] }),
        '"content.question" takes a text of 1 to 255',
      ],
      [content({ kind: "poll", question: "?", options: ["a"] }), '"content.options" takes 2 to 12 different'],
      [
        content({ kind: "poll", question: "?", options: Array.from({ length: 13 }, String) }),
        '"content.options" takes 2 to 12',
      ],
      [content({ kind: "poll", question: "?", options: ["a", "a "] }), '"content.options" takes 2 to 12 different'],
      [content({ kind: "poll", question: "?", options: ["a", text(101)] }), '"content.options.1" takes 1 to 100'],
      [
        content({ kind: "poll", question: "?", options: ["a", "b"], selectable: 3 }),
        '"content.selectable" takes 0 to 2',
      ],
    ],
  },
  poll_vote: {
    takes: () => [content({ kind: "poll_vote", target: ids.poll, options: ["b"] })],
    refuses: () => [
      [
        content({ kind: "poll_vote", target: ids.poll, options: ["d"] }),
        '"content.options" takes answers of this poll',
      ],
      [content({ kind: "poll_vote", target: ids.poll, options: ["a", "b"] }), "takes at most 1 of this poll"],
      [content({ kind: "poll_vote", target: ids.ours, options: [] }), '"content.target" takes the id of a poll'],
      [content({ kind: "poll_vote", target: "3EB0NONE", options: [] }), "There is no such poll"],
    ],
  },
  event: {
    takes: () => [
      content({ kind: "event", name: text(100), description: text(2_048), start_at: now() + 60, end_at: now() + 61 }),
    ],
    refuses: [
      [content({ kind: "event", name: text(101), start_at: 9 }), '"content.name" takes a text of 1 to 100'],
      [content({ kind: "event", name: "a", start_at: 9, description: text(2_049) }), '"content.description" takes'],
      [content({ kind: "event", name: "a", start_at: 9, end_at: 9 }), '"content.end_at" takes a time after start_at'],
      [content({ kind: "event", name: "a", start_at: 9, place: { latitude: 1 } }), "takes latitude and longitude"],
      [
        content({ kind: "event", name: "a", start_at: 9, join_link: "call me" }),
        '"content.join_link" takes an http(s)',
      ],
    ],
  },
  event_response: {
    takes: () => [content({ kind: "event_response", target: ids.event, response: "going" })],
    refuses: () => [
      [content({ kind: "event_response", target: ids.event, response: "going", extra_guests: 1 }), "guests may bring"],
      [content({ kind: "event_response", target: ids.event, response: "going", extra_guests: 11 }), "extra_guests"],
      [content({ kind: "event_response", target: ids.off, response: "going" }), "was called off"],
      [content({ kind: "event_response", target: ids.event, response: "yes" }), "going, not_going, maybe"],
    ],
  },
  menu: {
    takes: [
      content({
        kind: "menu",
        text: text(1_024),
        title: text(60),
        footer: text(60),
        options: ["a", "b", "c"].map((id) => ({ id, title: id.repeat(20) })),
      }),
      content({
        kind: "menu",
        text: "x",
        button: text(20),
        options: Array.from({ length: 10 }, (_, id) => ({
          id: `${id}`,
          title: `${id}`.repeat(24),
          description: text(72),
        })),
      }),
    ],
    refuses: [
      [
        content({ kind: "menu", text: text(1_025), options: [{ id: "a", title: "a" }] }),
        '"content.text" takes 1 to 1024',
      ],
      [
        content({ kind: "menu", text: "x", footer: text(61), options: [{ id: "a", title: "a" }] }),
        '"content.footer" takes',
      ],
      [
        content({ kind: "menu", text: "x", options: ["a", "b", "c", "d"].map((id) => ({ id, title: id })) }),
        "1 to 3 buttons",
      ],
      [
        content({ kind: "menu", text: "x", options: [{ id: "a", title: text(21) }] }),
        "up to 20 characters on a button",
      ],
      [
        content({ kind: "menu", text: "x", options: [{ id: "a", title: "a", url: "https://a.b" }] }),
        "one of id, url, phone",
      ],
      [
        content({
          kind: "menu",
          text: "x",
          options: [
            { id: "a", title: "a" },
            { id: "b", title: "a" },
          ],
        }),
        "another title",
      ],
      [
        content({ kind: "menu", text: "x", options: [{ title: "a", url: "javascript:1" }] }),
        "takes an http(s) address",
      ],
      [
        content({ kind: "menu", text: "x", button: "x", options: [{ title: "a" }] }),
        '"content.options.0.id" is missing',
      ],
      [content({ kind: "menu", text: "x", button: "x", options: [{ title: "a", url: "https://a.b" }] }), "in a list"],
      [
        content({
          kind: "menu",
          text: "x",
          button: "x",
          options: Array.from({ length: 11 }, (_, id) => ({ id: `${id}`, title: `${id}` })),
        }),
        '"content.options" takes 1 to 3 buttons',
      ],
    ],
  },
  album: {
    takes: async () => [albumOf(2, await picture()), albumOf(30, await picture())],
    refuses: async () => [
      [albumOf(1, await picture()), '"content.files" takes 2 to 30'],
      [albumOf(31, await picture()), '"content.files" takes 2 to 30'],
      [albumOf(2, await picture(), { view_once: true }), "view_once"],
    ],
  },
  reaction: {
    takes: () => ["👍🏽", "❤", null].map((emoji) => content({ kind: "reaction", target: ids.hers, emoji })),
    refuses: () =>
      ["a", "👍👍", "ok"].map((emoji): [Given, string] => [
        content({ kind: "reaction", target: ids.hers, emoji }),
        '"content.emoji" takes one emoji',
      ]),
  },
  edit: {
    takes: () => [content({ kind: "edit", target: ids.ours, text: "new" })],
    refuses: () => [
      [content({ kind: "edit", target: ids.hers, text: "new" }), "takes a message that this account sent"],
      [content({ kind: "edit", target: ids.place, text: "new" }), "the kind location cannot be edited"],
      [content({ kind: "edit", target: ids.once, text: text(4_097) }), "up to 4096 characters below a file"],
      [content({ kind: "edit", target: ids.ours, text: " " }), "not only spaces"],
    ],
  },
  delete: {
    takes: () => [content({ kind: "delete", target: ids.place })],
    refuses: () => [[content({ kind: "delete", target: ids.hers }), "others' can be deleted in groups, by admins"]],
  },
  forward: {
    takes: () => [content({ kind: "forward", target: ids.hers })],
    refuses: () => [
      [content({ kind: "forward", target: "3EB0NONE" }), "There is no such message"],
      [content({ kind: "forward", target: ids.once }), "takes what may be seen more than once"],
      [content({ kind: "forward", target: ids.gone }), "That message was deleted"],
      [
        { ...content({ kind: "forward", target: ids.hers }), reply_to: ids.hers },
        '"reply_to" goes with words of your own',
      ],
    ],
  },
  pin: {
    takes: () => [86_400, 604_800, 2_592_000].map((seconds) => content({ kind: "pin", target: ids.hers, seconds })),
    refuses: () => [
      [content({ kind: "pin", target: ids.hers, seconds: 3_600 }), '"content.seconds" takes 86400, 604800 or 2592000'],
      [content({ kind: "pin", target: ids.gone }), "That message was deleted"],
    ],
  },
  timer: {
    takes: [0, 86_400, 604_800, 7_776_000].map((seconds) => content({ kind: "timer", seconds })),
    refuses: () => [
      [content({ kind: "timer", seconds: 60 }), '"content.seconds" takes 0, 86400, 604800 or 7776000'],
      [{ to: group, ...content({ kind: "timer", seconds: 0 }) }, "in a chat of two only"],
    ],
  },
  reply_to: {
    takes: () => [{ text: "hi", reply_to: ids.hers }],
    refuses: () => [
      [{ text: "hi", reply_to: ids.gone }, "That message was deleted"],
      [{ to: group, text: "hi", reply_to: "3EB0NONE" }, '"reply_to" names a message this server has never seen'],
    ],
  },
  mentions: {
    takes: () => [{ text: "hi", mentions: Array.from({ length: 1_024 }, (_, at) => `${84_000_000_000_000 + at}@lid`) }],
    refuses: () => [
      [{ text: "hi", mentions: Array.from({ length: 1_025 }, () => ann().number) }, '"mentions" takes up to 1,024'],
      [{ text: "hi", mentions: ["Ann"] }, '"mentions" takes phone numbers'],
      [{ text: "hi", mentions: [group] }, '"mentions" takes phone numbers'],
    ],
  },
  mentions_everyone: {
    takes: () => [{ to: group, text: "hi", mentions_everyone: true }],
    refuses: [[{ text: "hi", mentions_everyone: true }, '"mentions_everyone" is for groups']],
  },
  view_once: {
    takes: async () => [{ ...content({ kind: "image", base64: base64(await jpeg()) }), view_once: true }],
    refuses: [[{ text: "hi", view_once: true }, '"view_once" is for image, video, audio and voice']],
  },
  expires_in: {
    takes: [{ text: "hi", expires_in: 7_776_000 }],
    refuses: [
      [{ text: "hi", expires_in: 0 }, '"expires_in" takes seconds, up to 7776000'],
      [{ text: "hi", expires_in: 7_776_001 }, '"expires_in" takes seconds, up to 7776000'],
    ],
  },
  audience: {
    takes: () => [{ to: "status@broadcast", text: "hi", audience: [ann().number] }],
    refuses: () => [
      [{ to: "status@broadcast", text: "hi" }, '"audience" is missing'],
      [{ to: "status@broadcast", text: "hi", audience: [group] }, '"audience" takes phone numbers'],
      [{ text: "hi", audience: [ann().number] }, '"audience" is for status posts'],
      [
        {
          to: "status@broadcast",
          ...content({ kind: "location", latitude: 0, longitude: 0 }),
          audience: [ann().number],
        },
        "for a status post",
      ],
    ],
  },
  send_at: {
    takes: () => [{ text: "hi", send_at: now() + 364 * 24 * 3600 }],
    refuses: () => [
      [{ text: "hi", send_at: now() + 366 * 24 * 3600 }, '"send_at" takes Unix seconds to come, up to 365 days'],
    ],
  },
  max_wait: {
    takes: [{ text: "hi", max_wait: 2_592_000 }],
    refuses: [[{ text: "hi", max_wait: 2_592_001 }, '"max_wait" takes seconds, 1 to 2592000']],
  },
  bulk: {
    takes: () => [{ to: [ann().number], text: "hi", interval: 86_400 }],
    refuses: () => [
      [
        { to: Array.from({ length: 10_001 }, (_, at) => `${628_100_000_000 + at}`), text: "hi" },
        '"to" takes 1 to 10000',
      ],
      [{ to: [ann().number, ann().number], text: "hi" }, '"to.1" is the same as "to.0"'],
      [{ to: [ann().number], text: "hi", interval: 86_401 }, '"interval" takes seconds between two of them'],
    ],
  },
};

function albumOf(count: number, bytes: Uint8Array, options: object = {}): Given {
  const files = Array.from({ length: count }, () => ({ kind: "image", base64: base64(bytes) }));
  return { ...content({ kind: "album", files }), ...options };
}

const made = <T>(lazy: Lazy<T>): T | Promise<T> =>
  typeof lazy === "function" ? (lazy as () => T | Promise<T>)() : lazy;

for (const [name, { takes, refuses }] of Object.entries(rows)) {
  const post = async (given: Given) => {
    const path = `/v1/devices/default/${name === "bulk" ? "bulk" : "messages"}`;
    const answer = await bot.call("POST", path, { to: ann().number, ...given });
    return { status: answer.status, ...((await answer.json()) as { error?: string; code?: string }) };
  };
  test(`${name}: what fits is taken`, async () => {
    for (const given of await made(takes)) expect(await post(given)).toMatchObject({ status: 202 });
  });
  test(`${name}: what does not fit is refused, and nothing of it is queued`, async () => {
    const before = (await bot.device.outbox.list({ limit: 500 })).messages.length;
    for (const [given, sentence] of await made(refuses)) {
      const { status, error = "" } = await post(given);
      expect([status >= 400 && status < 420, error]).toEqual([
        true,
        sentence instanceof RegExp ? expect.stringMatching(sentence) : expect.stringContaining(sentence),
      ]);
    }
    expect((await bot.device.outbox.list({ limit: 500 })).messages.length).toBe(before);
  });
}

test("a film above 100 MB goes as a document", async () => {
  const bytes = new Blob([Uint8Array.from(mp4()), new Uint8Array(100 * 2 ** 20)]);
  const refused = mediaTools.convert("video", { bytes, mime: "video/mp4", facts: { seconds: 7 } });
  expect(await refused.catch((error: unknown) => error)).toMatchObject({ code: "too_large" });
});

test("what WhatsApp takes back for a while only is refused afterwards", async () => {
  const { waId } = await bot.device.outbox.send({ to: ann().number, content: { kind: "text", text: "Late" } });
  await bot.next("message.sent", ({ data }) => data.id === waId);
  const changes = [
    [{ kind: "edit", target: waId, text: "Later" }, 15 * minute],
    [{ kind: "delete", target: waId }, 60 * hour],
  ] as const;
  let passed = 0;
  for (const [change, window] of changes) {
    clock.wind(window - passed + minute);
    passed = window + minute;
    const refused = bot.device.outbox.send({ to: ann().number, content: change });
    expect(await refused.catch((error: unknown) => error)).toMatchObject({ code: "conflict" });
  }
});

test("every row of the guide is tried here, and the other way round", async () => {
  const guide = await Bun.file(join(import.meta.dir, "../docs/api.md")).text();
  const table = /## Limits\n([\s\S]*?)\n## /.exec(guide)?.[1] ?? "";
  const told = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name = ""]) => name);
  expect(told).toEqual(Object.keys(rows));
});
