import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { decryptEventResponse, type proto } from "@whiskeysockets/baileys";
import { createHash } from "node:crypto";
import { type DraftContent, draftKinds } from "../src/core/model/content/draft.ts";
import type { Draft } from "../src/core/model/message/message.ts";
import { type GroupChat, type SentMessages, openVote } from "../src/simulator/index.ts";
import { jpeg, mp4, picture, wav } from "./files.ts";
import { startBot, type TestBot } from "./harness.ts";

/** The accounts that write: one by LIDs from the start, one by numbers, and one that moved while it was connected. */
const accounts = ["by LIDs", "by numbers", "moved just now"] as const;
type AccountName = (typeof accounts)[number];
interface AccountWorld {
  bot: TestBot;
  groups: Record<"lid" | "pn", GroupChat>;
}
const worlds = new Map<AccountName, AccountWorld>();

/** Those of the test that runs. */
let bot: TestBot;
let groups: AccountWorld["groups"];
const ann = () => bot.contact();
const citra = () => bot.contact("628999000111", "Citra");

beforeAll(async () => {
  for (const account of accounts) {
    const accountsAre = account === "by LIDs" ? "migrated" : "not-migrated";
    const simulator = { accounts: accountsAre, seed: 29 } as const;
    bot = await startBot({ simulator, env: { OUTBOUND_ALLOW: "loopback", WEBHOOK_URL: "" } });
    await bot.link();
    const group = (addressing: "lid" | "pn") =>
      bot.sim.group(`By ${addressing}`, [ann(), citra(), bot.phone], { addressing, by: bot.phone });
    groups = { lid: group("lid"), pn: group("pn") };
    worlds.set(account, { bot, groups });
    if (account === "moved just now") await moves();
  }
});
afterAll(async () => {
  for (const each of worlds.values()) {
    await using ended = each.bot;
    ended.sim.assertNoProblems();
  }
});

/** The account is told that it has moved to LIDs, after it has written by number. */
async function moves(): Promise<void> {
  const says = async (text: string) => {
    const { waId } = await bot.device.outbox.send({ to: ann().number, content: { kind: "text", text } });
    return (await ann().hears(({ id }) => id === waId)).from;
  };
  expect(await says("before")).toBe(bot.phone.jid);
  bot.phone.migrates();
  expect(await says("after")).toBe(bot.phone.lid);
}

/** Where the bot writes: to Ann under either name, and to a group of either kind. */
interface Room {
  name: string;
  account: AccountName;
  by: "pn" | "lid";
  group: boolean;
}
const places = [
  { name: "by phone number", by: "pn", group: false },
  { name: "by LID", by: "lid", group: false },
  { name: "in a group by LID", by: "lid", group: true },
  { name: "in a group by phone number", by: "pn", group: true },
] as const;
const rooms: Room[] = accounts.flatMap((account) =>
  places.map(({ name, ...place }) => ({ ...place, account, name: `${name}, of an account ${account}` })),
);

/** The test that runs is this account's. */
function use(account: AccountName): void {
  const world = worlds.get(account);
  if (!world) throw new Error(`no account ${account}`);
  ({ bot, groups } = world);
}

/** The room's address, and its people as they are called there. */
function inside({ account, by, group }: Room) {
  // Whatever name it is given, an account writes to people by the name that it goes by itself.
  const byLid = group ? by === "lid" : account !== "by numbers";
  const name = (who: { jid: string; lid: string }) => (byLid ? who.lid : who.jid);
  const [her, me] = [name(ann()), name(bot.phone)];
  const chat = group ? groups[by].id : her;
  const theirs = (id: string) => ({ remoteJid: chat, id, fromMe: false, ...(group ? { participant: her } : {}) });
  const ours = (id: string) => ({ remoteJid: chat, id, fromMe: true });
  const given = group ? chat : by === "lid" ? ann().lid : ann().jid;
  return { chat, given, her, me, name, theirs, ours };
}

/** What Ann's phone decrypts, as JSON has it: enumerations by name, bytes in base64. */
async function heard(room: Room, content: DraftContent, more: Partial<Draft> = {}) {
  const to = inside(room).given;
  const { waId } = await bot.device.outbox.send({ to, content, ...more });
  const arrived = await ann().hears(({ id }) => id === waId);
  await bot.next("message.sent", ({ data }) => data.id === waId);
  const { me, chat } = inside(room);
  expect([arrived.from, arrived.chat]).toEqual([me, room.group ? chat : me]);
  return { id: waId, arrived, message: openly(arrived.message) };
}

/** As JSON, without the secret: 32 bytes of what others can add to; polls and events show it by themselves. */
function openly({ messageContextInfo: context, ...message }: proto.IMessage): object {
  const said = Object.keys(message);
  const isDeed = said.some((name) => deeds.has(name)) || message.ephemeralMessage?.message?.protocolMessage != null;
  expect(context?.messageSecret?.length).toBe(isDeed ? undefined : 32);
  const shown = context && said.some((name) => /^poll|^event|^pin/.test(name)) ? { messageContextInfo: context } : {};
  return JSON.parse(JSON.stringify({ ...message, ...shown })) as object;
}
const deeds = new Set([
  "protocolMessage",
  "reactionMessage",
  "pinInChatMessage",
  "keepInChatMessage",
  "pollUpdateMessage",
  "encEventResponseMessage",
]);

/** What Ann says in the room, once the bot has it. */
async function says({ by, group }: Room, words: Parameters<ReturnType<typeof ann>["says"]>[0]): Promise<SentMessages> {
  const said = await ann().says(words, group ? { to: groups[by] } : { by });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  return said;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const secret = { messageSecret: expect.stringMatching(/^[\w+/]{43}=$/) as string };
const moment = expect.stringMatching(/^1[78]\d{11}$/) as string;

/** How a file is told of: where it is, and how it is sealed. */
function sealed(bytes: Uint8Array, mimetype: string) {
  const hash = createHash("sha256").update(bytes).digest("base64");
  const bytes32 = expect.stringMatching(/^[\w+/]{43}=$/) as string;
  return {
    url: expect.stringMatching(/^https:/) as string,
    directPath: expect.stringMatching(/^\//) as string,
    mediaKey: bytes32,
    fileEncSha256: bytes32,
    mediaKeyTimestamp: expect.stringMatching(/^1\d{9}$/) as string,
    fileSha256: hash,
    fileLength: String(bytes.length),
    mimetype,
  };
}
const thumbnail = { jpegThumbnail: expect.stringMatching(/^\/9j\//) as string };

/** Draft kinds that a test below has sent; the last test holds the list against the code's. */
const covered = new Set<string>();
type Case = (room: Room) => Promise<void>;
function kind(name: string, work: Case, where: (room: Room) => boolean = () => true): void {
  covered.add(name.split(":")[0] ?? "");
  for (const room of rooms.filter(where))
    test(`${name}, ${room.name}`, async () => {
      use(room.account);
      await work(room);
    });
}

describe("words", () => {
  kind("text", async (room) => {
    const { message } = await heard(room, { kind: "text", text: "Halo\n*dunia* 👋" });
    expect(message).toEqual({ extendedTextMessage: { text: "Halo\n*dunia* 👋" } });
  });

  kind("text: with a card of its own, with a picture", async (room) => {
    const url = "https://example.com/a?b=c";
    const preview = { url, title: "Title", description: "Words", image: { base64: base64(await picture()) } };
    const { message } = await heard(room, { kind: "text", text: `See ${url} now`, preview });
    const card = { matchedText: url, title: "Title", description: "Words", previewType: "NONE", ...thumbnail };
    expect(message).toEqual({ extendedTextMessage: { text: `See ${url} now`, ...card } });
  });

  kind("text: with a card that is made", async (room) => {
    const image = await jpeg();
    const head = `<meta property="og:title" content="Pigeons &amp; co"><meta property="og:image" content="/a.jpg">`;
    await using page = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) =>
        url.endsWith(".jpg")
          ? new Response(Uint8Array.from(image))
          : new Response(head, { headers: { "content-type": "text/html" } }),
    });
    const url = `http://127.0.0.1:${page.port}/`;
    const { message } = await heard(room, { kind: "text", text: url, preview: true });
    const card = { matchedText: url, title: "Pigeons & co", previewType: "NONE", ...thumbnail };
    expect(message).toEqual({ extendedTextMessage: { text: url, ...card } });
  });

  kind("text: a reply to her, and to ourselves", async (room) => {
    const { her, me } = inside(room);
    const said = await says(room, "Coming?");
    const hers = await heard(room, { kind: "text", text: "Yes" }, { reply_to: said.id });
    const quote = (id: string, participant: string, quotedMessage: proto.IMessage) => ({
      contextInfo: { stanzaId: id, participant, quotedMessage },
    });
    expect(hers.message).toEqual({
      extendedTextMessage: { text: "Yes", ...quote(said.id, her, { conversation: "Coming?" }) },
    });
    const ours = await heard(room, { kind: "text", text: "At noon" }, { reply_to: hers.id });
    expect(ours.message).toEqual({
      extendedTextMessage: { text: "At noon", ...quote(hers.id, me, { extendedTextMessage: { text: "Yes" } }) },
    });
  });

  kind("text: mentions, and everyone in a group", async (room) => {
    const user = (jid: string) => jid.split("@")[0] ?? "";
    const [two, everyone] = room.group ? [[citra().lid], { mentions_everyone: true }] : [[], {}];
    const mentions = [ann().number, ...two];
    const words = (names: string[]) => `Hi ${names.map((name) => `@${user(name)}`).join(", ")}!`;
    const { message } = await heard(room, { kind: "text", text: words(mentions) }, { mentions, ...everyone });
    const named = [ann(), ...(room.group ? [citra()] : [])].map((who) => inside(room).name(who));
    expect(message).toEqual({
      extendedTextMessage: {
        text: words(named),
        contextInfo: { mentionedJid: named, ...(room.group ? { nonJidMentions: 1 } : {}) },
      },
    });
  });

  kind("text: one that disappears", async (room) => {
    const { message } = await heard(room, { kind: "text", text: "Soon gone" }, { expires_in: 604_800 });
    expect(message).toEqual({ extendedTextMessage: { text: "Soon gone", contextInfo: { expiration: 604_800 } } });
  });
});

describe("deeds", () => {
  kind("edit: whom the first words mentioned stays mentioned, and can be changed", async (room) => {
    const user = (jid: string) => jid.split("@")[0] ?? "";
    const name = inside(room).her;
    const inner = (message: proto.IMessage) => message.protocolMessage?.editedMessage?.extendedTextMessage;
    const mentioned = { mentions: [ann().number] };
    const { id } = await heard(room, { kind: "text", text: `yo @${ann().number}` }, mentioned);
    const edited = (text: string, more = {}) => heard(room, { kind: "edit", target: id, text }, more);
    const kept = await edited(`yo @${ann().number}!`);
    expect(inner(kept.message)).toMatchObject({ text: `yo @${user(name)}!`, contextInfo: { mentionedJid: [name] } });
    const dropped = await edited("yo you");
    expect(inner(dropped.message)?.contextInfo?.mentionedJid ?? []).toEqual([]);
    const given = await edited(`hey @${ann().number}`, { mentions: [ann().lid] });
    expect(inner(given.message)).toMatchObject({ text: `hey @${user(name)}`, contextInfo: { mentionedJid: [name] } });
  });

  kind("poll: a mention in the question goes by the name that the chat knows", async (room) => {
    const name = inside(room).her;
    const content = { kind: "poll", question: `Does @${ann().number} come?`, options: ["Yes", "No"] };
    const { message } = await heard(room, content as DraftContent, { mentions: [ann().lid] });
    const { pollCreationMessageV3, pollCreationMessage } = message as proto.IMessage;
    expect((pollCreationMessageV3 ?? pollCreationMessage)?.name).toBe(`Does @${name.split("@")[0]} come?`);
  });

  kind("edit", async (room) => {
    const { id } = await heard(room, { kind: "text", text: "See you at non" });
    const { message } = await heard(room, { kind: "edit", target: id, text: "See you at noon" });
    expect(message).toEqual({
      protocolMessage: {
        key: inside(room).ours(id),
        type: "MESSAGE_EDIT",
        editedMessage: { extendedTextMessage: { text: "See you at noon" } },
        timestampMs: moment,
      },
    });
  });

  kind("delete", async (room) => {
    const { id } = await heard(room, { kind: "text", text: "Oops" });
    const { message } = await heard(room, { kind: "delete", target: id });
    expect(message).toEqual({ protocolMessage: { key: inside(room).ours(id), type: "REVOKE" } });
  });

  kind(
    "delete: somebody else's, as an admin",
    async (room) => {
      const said = await says(room, "Spam");
      const { message } = await heard(room, { kind: "delete", target: said.id });
      expect(message).toEqual({ protocolMessage: { key: inside(room).theirs(said.id), type: "REVOKE" } });
    },
    ({ group }) => group,
  );

  kind("reaction", async (room) => {
    const said = await says(room, "Look");
    const { id } = await heard(room, { kind: "text", text: "There" });
    const { theirs, ours } = inside(room);
    for (const [key, emoji] of [
      [theirs(said.id), "👍🏽"],
      [theirs(said.id), null],
      [ours(id), "👨‍👩‍👧"],
    ] as const) {
      const { message } = await heard(room, { kind: "reaction", target: key.id, emoji });
      expect(message).toEqual({ reactionMessage: { key, text: emoji ?? "", senderTimestampMs: moment } });
    }
  });

  kind("pin", async (room) => {
    const said = await says(room, "Important");
    const key = inside(room).theirs(said.id);
    const { message } = await heard(room, { kind: "pin", target: said.id, seconds: 86_400 });
    expect(message).toEqual({
      messageContextInfo: { messageAddOnDurationInSecs: 86_400 },
      pinInChatMessage: { key, type: "PIN_FOR_ALL", senderTimestampMs: moment },
    });
    const loose = await heard(room, { kind: "pin", target: said.id, pinned: false });
    expect(loose.message).toEqual({
      messageContextInfo: { messageAddOnDurationInSecs: 0 },
      pinInChatMessage: { key, type: "UNPIN_FOR_ALL", senderTimestampMs: moment },
    });
  });

  kind("keep", async (room) => {
    const said = await says(room, "Remember");
    for (const [kept, keepType] of [
      [true, "KEEP_FOR_ALL"],
      [false, "UNDO_KEEP_FOR_ALL"],
    ] as const) {
      const { message } = await heard(room, { kind: "keep", target: said.id, kept });
      const key = inside(room).theirs(said.id);
      expect(message).toEqual({ keepInChatMessage: { key, keepType, timestampMs: moment } });
    }
  });

  kind(
    "timer",
    async (room) => {
      const { message } = await heard(room, { kind: "timer", seconds: 604_800 });
      const protocolMessage = { type: "EPHEMERAL_SETTING", ephemeralExpiration: 604_800 };
      expect(message).toEqual({ ephemeralMessage: { message: { protocolMessage } } });
      await heard(room, { kind: "timer", seconds: 0 });
    },
    ({ group }) => !group,
  );

  kind("forward: of her text, of our picture", async (room) => {
    const said = await says(room, "Pass it on");
    const { message } = await heard(room, { kind: "forward", target: said.id });
    expect(message).toEqual({
      extendedTextMessage: { text: "Pass it on", contextInfo: { forwardingScore: 1, isForwarded: true } },
    });
    const bytes = await jpeg();
    const shown = await heard(room, { kind: "image", base64: base64(bytes), caption: "Sunrise" });
    const again = await heard(room, { kind: "forward", target: shown.id });
    expect(again.message).toEqual(shown.message);
    expect(ann().opens(again.arrived).equals(bytes)).toBe(true);
  });
});

describe("questions", () => {
  const options = ["Soto", "Gado-gado", "Rendang"];
  const asOptions = options.map((optionName) => ({ optionName }));

  kind("poll", async (room) => {
    const one = await heard(room, { kind: "poll", question: "Lunch?", options, selectable: 1 });
    expect(one.message).toEqual({
      messageContextInfo: secret,
      pollCreationMessageV3: { name: "Lunch?", options: asOptions, selectableOptionsCount: 1 },
    });
    const many = await heard(room, { kind: "poll", question: "Days?", options });
    expect(many.message).toEqual({
      messageContextInfo: secret,
      pollCreationMessage: { name: "Days?", options: asOptions, selectableOptionsCount: 0 },
    });
  });

  kind("menu: buttons and a list", async (room) => {
    const buttons = await heard(room, {
      kind: "menu",
      title: "Order 17",
      text: "Is it right?",
      footer: "Merpati",
      options: [
        { title: "Yes", id: "yes" },
        { title: "Look", url: "https://example.com/17" },
        { title: "Call", phone: "+628123456000" },
      ],
    });
    const button = (name: string, what: object) => ({ name, buttonParamsJson: JSON.stringify(what) });
    const url = "https://example.com/17";
    expect(buttons.message).toEqual({
      interactiveMessage: {
        header: { title: "Order 17", hasMediaAttachment: false },
        body: { text: "Is it right?" },
        footer: { text: "Merpati" },
        nativeFlowMessage: {
          buttons: [
            button("quick_reply", { display_text: "Yes", id: "yes" }),
            button("cta_url", { display_text: "Look", url, merchant_url: url }),
            button("cta_call", { display_text: "Call", phone_number: "+628123456000" }),
          ],
          messageVersion: 1,
        },
      },
    });
    const said = await says(room, "What do you have?");
    const list = await heard(
      room,
      {
        kind: "menu",
        text: "Choose",
        button: "Open",
        options: [
          { title: "Soto", id: "1", section: "Soups" },
          { title: "Gado-gado", id: "2", description: "With peanuts", section: "Salads" },
          { title: "Rawon", id: "3", section: "Soups" },
        ],
      },
      { reply_to: said.id },
    );
    const { her } = inside(room);
    expect(list.message).toEqual({
      listMessage: {
        description: "Choose",
        buttonText: "Open",
        listType: "SINGLE_SELECT",
        sections: [
          {
            title: "Soups",
            rows: [
              { rowId: "1", title: "Soto" },
              { rowId: "3", title: "Rawon" },
            ],
          },
          { title: "Salads", rows: [{ rowId: "2", title: "Gado-gado", description: "With peanuts" }] },
        ],
        contextInfo: { stanzaId: said.id, participant: her, quotedMessage: { conversation: "What do you have?" } },
      },
    });
    const chosen = await says(room, {
      interactiveResponseMessage: {
        body: { text: "Yes" },
        nativeFlowResponseMessage: { name: "quick_reply", paramsJson: '{"id":"yes"}' },
      },
    });
    const { data } = await bot.next("message.received", (event) => event.data.id === chosen.id);
    expect(data.content).toEqual({ kind: "choice", text: "Yes", id: "yes", type: "interactiveResponseMessage" });
    bot.sim.assertNoProblems();
  });

  // Asked by one name and answered by the other, it is sealed by the names of the answer: readers try both.
  const isOneName = ({ account, by, group }: Room) => group || (by === "lid") === (account !== "by numbers");
  kind(
    "poll_vote: in her poll, and in ours",
    async (room) => {
      const { by, group } = room;
      const { me, theirs, ours } = inside(room);
      const asked = await ann().asks("Lunch?", options, { several: true, ...(group ? { to: groups[by] } : { by }) });
      await bot.next("message.received", ({ data }) => data.id === asked.id);
      const vote = await heard(room, { kind: "poll_vote", target: asked.id, options: ["Soto", "Rendang"] });
      const sealedVote = { encPayload: expect.any(String) as string, encIv: expect.any(String) as string };
      const cast = (key: proto.IMessageKey) => ({
        pollUpdateMessage: { pollCreationMessageKey: key, vote: sealedVote, senderTimestampMs: moment },
      });
      expect(vote.message).toEqual(cast(theirs(asked.id)));
      expect(openVote(asked, vote.arrived.message, me)).toEqual(["Soto", "Rendang"]);

      const own = await heard(room, { kind: "poll", question: "Days?", options });
      const mine = await heard(room, { kind: "poll_vote", target: own.id, options: ["Soto"] });
      expect(mine.message).toEqual(cast(ours(own.id)));
      expect(openVote(own.arrived, mine.arrived.message, me)).toEqual(["Soto"]);
    },
    isOneName,
  );

  kind("event", async (room) => {
    const place = { name: "Park", address: "Jl. Merdeka", latitude: -6.2, longitude: 106.8 };
    const times = { start_at: 1_895_190_000, end_at: 1_895_200_000 };
    const join = "https://call.whatsapp.com/video/abc";
    const more = { description: "Bring food", join_link: join, extra_guests: true };
    const { message } = await heard(room, { kind: "event", name: "Picnic", ...times, place, ...more });
    expect(message).toEqual({
      messageContextInfo: secret,
      eventMessage: {
        isCanceled: false,
        name: "Picnic",
        description: "Bring food",
        location: { degreesLatitude: -6.2, degreesLongitude: 106.8, name: "Park", address: "Jl. Merdeka" },
        joinLink: join,
        startTime: "1895190000",
        endTime: "1895200000",
        extraGuestsAllowed: true,
      },
    });
  });

  kind("event_response", async (room) => {
    const { her, me, theirs } = inside(room);
    const eventEncKey = Buffer.alloc(32, 7);
    const asked = await says(room, {
      messageContextInfo: { messageSecret: eventEncKey },
      eventMessage: { name: "Picnic", startTime: 1_895_190_000, extraGuestsAllowed: true },
    });
    const answer = await heard(room, {
      kind: "event_response",
      target: asked.id,
      response: "maybe",
      extra_guests: 2,
    });
    const { encEventResponseMessage: told } = answer.arrived.message;
    expect(answer.message).toEqual({
      encEventResponseMessage: {
        eventCreationMessageKey: theirs(asked.id),
        encPayload: expect.any(String) as string,
        encIv: expect.any(String) as string,
      },
    });
    const context = { eventCreatorJid: her, eventMsgId: asked.id, eventEncKey, responderJid: me };
    const opened = decryptEventResponse({ encPayload: told?.encPayload ?? null, encIv: told?.encIv ?? null }, context);
    expect(JSON.parse(JSON.stringify(opened))).toEqual({
      response: "MAYBE",
      timestampMs: moment,
      extraGuestCount: 2,
    });
  });
});

describe("places and people", () => {
  kind("location", async (room) => {
    const point = { latitude: -6.1754, longitude: 106.8272, name: "Monas", address: "Jakarta" };
    const { message } = await heard(room, { kind: "location", ...point });
    expect(message).toEqual({
      locationMessage: { degreesLatitude: -6.1754, degreesLongitude: 106.8272, name: "Monas", address: "Jakarta" },
    });
  });

  kind("live_location", async (room) => {
    const point = { latitude: -6.1754, longitude: 106.8272, accuracy: 10, speed: 1.5, heading: 90, caption: "Near" };
    const { message } = await heard(room, { kind: "live_location", ...point });
    expect(message).toEqual({
      liveLocationMessage: {
        degreesLatitude: -6.1754,
        degreesLongitude: 106.8272,
        accuracyInMeters: 10,
        speedInMps: 1.5,
        degreesClockwiseFromMagneticNorth: 90,
        caption: "Near",
      },
    });
  });

  kind("contacts: one and several", async (room) => {
    const vcard = (name: string, digits: string) =>
      `BEGIN:VCARD\nVERSION:3.0\nN:;${name};;;\nFN:${name}\nTEL;type=CELL;waid=${digits}:+${digits}\nEND:VCARD`;
    const [first, second] = [
      { name: "Citra", phone: "628555000111" },
      { name: "Dewi", vcard: vcard("Dewi", "628555000222") },
    ];
    const one = await heard(room, { kind: "contacts", contacts: [first] });
    const card = { displayName: "Citra", vcard: vcard("Citra", "628555000111") };
    expect(one.message).toEqual({ contactMessage: card });
    const two = await heard(room, { kind: "contacts", contacts: [first, second] });
    const contacts = [card, { displayName: "Dewi", vcard: second.vcard }];
    expect(two.message).toEqual({ contactsArrayMessage: { displayName: "2 contacts", contacts } });
  });

  kind("group_invite", async (room) => {
    const group = "120363000000000001@g.us";
    const invite = { group, code: "abcDEF", name: "Pigeons", expires_at: 1_895_190_000, caption: "Join us" };
    const { message } = await heard(room, { kind: "group_invite", ...invite });
    expect(message).toEqual({
      groupInviteMessage: {
        groupJid: group,
        inviteCode: "abcDEF",
        inviteExpiration: "1895190000",
        groupName: "Pigeons",
        caption: "Join us",
      },
    });
  });
});

describe("files", () => {
  /** Sends it in this room; it must arrive as `bytes`, told of as `expected` says. */
  async function arrives(
    room: Room,
    content: DraftContent,
    told: (bytes: Buffer) => object,
    bytes: Buffer | null,
    more: Partial<Draft> = {},
  ) {
    const { message, arrived } = await heard(room, content, more);
    const opened = ann().opens(arrived);
    if (bytes) expect(opened.equals(bytes)).toBe(true);
    expect(message).toEqual(told(opened));
    return opened;
  }
  const film = { seconds: 7, width: 640, height: 360, ...thumbnail };

  kind("album", async (room) => {
    const [image, video] = [base64(await jpeg()), base64(mp4())];
    const content = {
      kind: "album",
      files: [
        { kind: "image", base64: image, caption: "Look" },
        { kind: "video", base64: video },
      ],
    } as const;
    const { id, message } = await heard(room, { ...content, files: [...content.files] });
    expect(message).toEqual({ albumMessage: { expectedImageCount: 1, expectedVideoCount: 1 } });
    const { data } = await bot.next("message.sent", (event) => event.data.id === id);
    const [first] = data.content.kind === "album" ? (data.content.files ?? []) : [];
    const look = await ann().hears((heard) => heard.id === first);
    expect(look.message.messageContextInfo?.messageAssociation?.parentMessageKey?.id).toBe(id);
    expect(look.message.imageMessage?.caption).toBe("Look");
  });

  kind("menu: a picture above its buttons", async (room) => {
    const bytes = await jpeg();
    const { width, height } = await new Bun.Image(bytes).metadata();
    const options = [{ title: "Yes", id: "yes" }];
    const content = { kind: "menu", text: "This one?", options, image: { base64: base64(bytes) } } as const;
    const { id, message } = await heard(room, { ...content, options: [...options] });
    const { header } = (message as { interactiveMessage: { header: unknown } }).interactiveMessage;
    const picture = { ...sealed(bytes, "image/jpeg"), width, height, ...thumbnail };
    expect(header).toEqual({ hasMediaAttachment: true, imageMessage: picture });
    const look = ann().inbox.find((each) => each.id === id);
    expect(
      ann().opens({ message: { imageMessage: look?.message.interactiveMessage?.header?.imageMessage ?? null } }),
    ).toEqual(bytes);
    const { data } = await bot.next("message.sent", (event) => event.data.id === id);
    expect(data.content).toMatchObject({ image: { mime: "image/jpeg", size: bytes.length, state: "ready" } });
    for (const [wrong, field] of [
      [{ button: "Open" }, "content.image"],
      [{ image: { base64: "AAAA" } }, "content.image"],
      [{ image: {} }, "content.image"],
      [{ image: { media_id: "nope" } }, "content.image.media_id"],
    ] as const)
      expect(
        await bot.device.outbox
          .send({ to: inside(room).given, content: { ...content, options: [...options], ...wrong } })
          .catch((error: unknown) => error),
      ).toMatchObject({ field });
  });

  kind("image", async (room) => {
    const bytes = await jpeg();
    const { width, height } = await new Bun.Image(bytes).metadata();
    const file = (opened: Buffer) => ({ ...sealed(opened, "image/jpeg"), width, height, ...thumbnail });
    const content = { kind: "image", base64: base64(bytes) } as const;
    await arrives(
      room,
      { ...content, caption: "Look" },
      (it) => ({ imageMessage: { caption: "Look", ...file(it) } }),
      bytes,
    );
    const once = (it: Buffer) => ({ viewOnceMessage: { message: { imageMessage: { ...file(it), viewOnce: true } } } });
    await arrives(room, content, once, bytes, { view_once: true });
    const said = await says(room, "Which one?");
    const quote = { stanzaId: said.id, participant: inside(room).her, quotedMessage: { conversation: "Which one?" } };
    const answer = (it: Buffer) => ({ imageMessage: { ...file(it), contextInfo: { ...quote, expiration: 86_400 } } });
    await arrives(room, content, answer, bytes, { reply_to: said.id, expires_in: 86_400 });
  });

  kind("video", async (room) => {
    const content = { kind: "video", base64: base64(mp4()) } as const;
    const file = (it: Buffer) => ({ ...sealed(it, "video/mp4"), ...film });
    const told = (it: Buffer) => ({ videoMessage: { caption: "Watch", ...file(it) } });
    await arrives(room, { ...content, caption: "Watch" }, told, mp4());
    const once = (it: Buffer) => ({ viewOnceMessage: { message: { videoMessage: { ...file(it), viewOnce: true } } } });
    await arrives(room, content, once, mp4(), { view_once: true });
  });

  kind("gif", async (room) => {
    const told = (it: Buffer) => ({ videoMessage: { ...sealed(it, "video/mp4"), ...film, gifPlayback: true } });
    await arrives(room, { kind: "gif", base64: base64(mp4()) }, told, mp4());
  });

  kind("video_note", async (room) => {
    const told = (it: Buffer) => ({ ptvMessage: { ...sealed(it, "video/mp4"), ...film } });
    await arrives(room, { kind: "video_note", base64: base64(mp4()) }, told, mp4());
  });

  kind("audio", async (room) => {
    const told = (it: Buffer) => ({ audioMessage: { ...sealed(it, "audio/wav"), seconds: 2 } });
    await arrives(room, { kind: "audio", base64: base64(wav()) }, told, wav());
  });

  kind("voice", async (room) => {
    const note = (it: Buffer) => ({
      ...sealed(it, "audio/ogg; codecs=opus"),
      seconds: 3,
      ptt: true,
      waveform: expect.stringMatching(/^[\w+/]{86}==$/) as string,
    });
    const content = { kind: "voice", base64: base64(wav(3)) } as const;
    const opened = await arrives(room, content, (it) => ({ audioMessage: note(it) }), null);
    expect(opened.toString("latin1", 0, 4)).toBe("OggS");
    // The conversion takes a second, and is the same everywhere.
    if (room !== rooms[0]) return;
    const once = (it: Buffer) => ({
      viewOnceMessageV2Extension: { message: { audioMessage: { ...note(it), viewOnce: true } } },
    });
    await arrives(room, content, once, null, { view_once: true });
  });

  kind("document", async (room) => {
    const bytes = Buffer.from("%PDF-1.7 nothing");
    const file = (it: Buffer) => ({ ...sealed(it, "application/pdf"), title: "Menu.pdf", fileName: "Menu.pdf" });
    const content = { kind: "document", base64: base64(bytes), name: "Menu.pdf" } as const;
    await arrives(room, content, (it) => ({ documentMessage: file(it) }), bytes);
    const captioned = (it: Buffer) => ({
      documentWithCaptionMessage: { message: { documentMessage: { ...file(it), caption: "Today" } } },
    });
    await arrives(room, { ...content, caption: "Today" }, captioned, bytes);
  });

  kind("sticker", async (room) => {
    const told = (it: Buffer) => ({
      stickerMessage: { ...sealed(it, "image/webp"), width: 512, height: 512, isAnimated: false },
    });
    const opened = await arrives(room, { kind: "sticker", base64: base64(await picture()) }, told, null);
    expect(await new Bun.Image(opened).metadata()).toMatchObject({ width: 512, height: 512, format: "webp" });
  });
});

describe("beside messages", () => {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await bot.call(method, `/v1/devices/default/chats/${path}`, body);
    expect(await answer.json()).toMatchObject({ success: true });
  };

  for (const room of rooms) {
    test(`star, and delete for me, ${room.name}`, async () => {
      use(room.account);
      const { given: chat, chat: ours, her } = inside(room);
      const said = await says(room, "Keep this");
      const { id } = await heard(room, { kind: "text", text: "And this" });
      const author = room.group ? her : "0";
      const state = () => bot.phone.appState("regular_high");
      const at = (what: string, fromMe: boolean) =>
        state().get(JSON.stringify([what, ...(fromMe ? [ours, id, "1", "0"] : [chat, said.id, "0", author])]));
      for (const [method, starred] of [
        ["PUT", true],
        ["DELETE", false],
      ] as const) {
        for (const one of [said.id, id]) await call(method, `${chat}/messages/${one}/star`);
        for (const fromMe of [false, true]) expect(at("star", fromMe)?.starAction).toMatchObject({ starred });
      }
      for (const one of [said.id, id]) await call("DELETE", `${chat}/messages/${one}`);
      for (const fromMe of [false, true])
        expect(at("deleteMessageForMe", fromMe)?.deleteMessageForMeAction).toMatchObject({ deleteMedia: true });
      const left = await bot.call("GET", `/v1/devices/default/history?chat=${chat}&limit=100`);
      const ids = ((await left.json()) as { data: { id: string }[] }).data.map((one) => one.id);
      expect([said.id, id].filter((one) => ids.includes(one))).toEqual([]);
      const gone = await bot.call("DELETE", `/v1/devices/default/chats/${chat}/messages/nothing`);
      expect(gone.status).toBe(404);
    });

    test(`typing, recording and read, ${room.name}`, async () => {
      use(room.account);
      const { chat } = inside(room);
      const said = await says(room, "Are you there?");
      await call("POST", `${chat}/read`);
      expect(await said.seen()).toBe("read");
      const states: string[] = [];
      const stop = bot.sim.on((event) => {
        if (event.type === "chat-state" && event.to === chat) states.push(event.state);
      });
      for (const state of ["composing", "recording", "paused"]) await call("POST", `${chat}/typing`, { state });
      await bot.sim.until(() => states.length === 3);
      stop();
      expect(states).toEqual(["composing", "recording", "paused"]);
    });
  }
});

describe("status", () => {
  const audience = () => [ann().number];
  const posted = async (content: DraftContent, more: Partial<Draft> = { audience: audience() }) => {
    const { waId } = await bot.device.outbox.send({ to: "status@broadcast", content, ...more });
    const arrived = await ann().hears(({ id }) => id === waId);
    await bot.next("message.sent", ({ data }) => data.id === waId);
    expect(arrived.chat).toBe("status@broadcast");
    return { id: waId, arrived, message: openly(arrived.message) };
  };

  test("words, a picture, a film and a voice reach their audience, and nobody else", async () => {
    const text = await posted({ kind: "text", text: "Up in the air" });
    expect(text.message).toEqual({ extendedTextMessage: { text: "Up in the air" } });
    const looks = { background: "#1e6e4f", color: "#ffffff", font: "exo2" } as const;
    const coloured = await posted({ kind: "text", text: "In green", ...looks });
    const argb = { backgroundArgb: 0xff_1e_6e_4f, textArgb: 0xff_ff_ff_ff, font: "EXO2_EXTRABOLD" };
    expect(coloured.message).toEqual({ extendedTextMessage: { text: "In green", ...argb } });
    const forward = { kind: "forward", target: coloured.id, chat: "status@broadcast" } as const;
    const { waId } = await bot.device.outbox.send({ to: ann().number, content: forward });
    const passedOn = (await ann().hears(({ id }) => id === waId)).message;
    expect(passedOn.extendedTextMessage).toMatchObject({ text: "In green" });
    expect(passedOn.extendedTextMessage?.backgroundArgb).toBeNull();
    const bytes = await jpeg();
    const { width, height } = await new Bun.Image(bytes).metadata();
    const shown = await posted({ kind: "image", base64: base64(bytes), caption: "Look" });
    const file = { ...sealed(bytes, "image/jpeg"), width, height, ...thumbnail };
    expect(shown.message).toEqual({ imageMessage: { caption: "Look", ...file } });
    const film = await posted({ kind: "video", base64: base64(mp4()) });
    expect(ann().opens(film.arrived).equals(mp4())).toBe(true);
    const voice = await posted({ kind: "voice", base64: base64(wav()) });
    expect(voice.arrived.message.audioMessage).toMatchObject({ ptt: true, seconds: 2 });
    expect(citra().inbox.filter(({ chat }) => chat === "status@broadcast")).toEqual([]);
  });

  test("one is taken back from those who could see it", async () => {
    const post = await posted({ kind: "text", text: "Oops" });
    const { message } = await posted({ kind: "delete", target: post.id }, {});
    expect(message).toEqual({
      protocolMessage: { key: { remoteJid: "status@broadcast", fromMe: true, id: post.id }, type: "REVOKE" },
    });
  });
});

test("every kind that can be drafted is sent above", () => {
  expect([...covered].toSorted()).toEqual(draftKinds.toSorted());
});
