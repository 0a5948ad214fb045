import { expect, test } from "bun:test";
import { join } from "node:path";
import { proto } from "@whiskeysockets/baileys";
import { mediaKinds } from "../../../src/core/model/content/content.ts";
import { type DraftContent, draftKinds } from "../../../src/core/model/content/draft.ts";
import type { DraftLookups, KnownMessage } from "../../../src/core/model/content/message-ref.ts";
import { prepareDraft } from "../../../src/core/sending/drafting/drafting.ts";
import type { Draft, OutgoingMessage } from "../../../src/core/model/message/message.ts";
import { toContent } from "../../../src/whatsapp/codec/convert/index.ts";
import { readingOf } from "../../../src/whatsapp/codec/reading.ts";
import { encoded, written } from "../../../src/whatsapp/codec/writing.ts";
import { goldens } from "../../golden/cases.ts";

const now = Date.UTC(2026, 10, 20, 12);
const me = { id: "6281100000001@s.whatsapp.net", lid: "77000000000001@lid" };
const ann = "628123456789@s.whatsapp.net";
const said = (
  id: string,
  fromMe: boolean,
  content: KnownMessage["content"],
  context: KnownMessage["context"] = {},
): KnownMessage => ({
  id,
  chat: ann,
  sender: fromMe ? me.id : ann,
  fromMe,
  at: now - 60_000,
  content,
  context,
});
const known = new Map(
  [
    said("3EB0MINE", true, { kind: "text", text: "Coming?" }),
    said("3A0HERS", false, { kind: "text", text: "Yes" }, { forwarded: 1 }),
    said("3EB0POLL", true, { kind: "poll", question: "Lunch?", options: ["Soto", "Gado-gado"], selectable: 1 }),
    said("3EB0EVENT", true, { kind: "event", name: "Picnic", start_at: 1, cancelled: false, extra_guests: false }),
    { ...said("3EB0OLD", true, { kind: "text", text: "old" }), at: now - 70 * 3_600_000 },
  ].map((one) => [one.id, one]),
);

const desk = (chat: string): DraftLookups => ({
  chat,
  account: { jid: me.id, lid: me.lid, name: "Budi" },
  now,
  find: async (_chat, { id }) => known.get(id) ?? null,
  elsewhere: async () => null,
  file: () => Promise.reject(new Error("no files in this test")),
  preview: async () => null,
});

const files = await goldens(join(import.meta.dir, "../../golden/drafts"));
/** Their golden files need bytes and an upload: see the test of media. Votes are encrypted: see the test of votes. */
const elsewhere: readonly string[] = [...mediaKinds, "poll_vote", "event_response", "album"];

for (const [kind, cases] of files) {
  for (const { name, given, expected } of cases) {
    test(name, async () => {
      const draft = given as Draft;
      const outgoing: OutgoingMessage = {
        id: "1",
        waId: "3EB01",
        chat: draft.to,
        ...(await prepareDraft(draft, desk(draft.to))),
      };
      const ports = { now, secret: new Uint8Array(32).fill(7), upload: null, thumbnail: null, quoted: null };
      const bytes = encoded(written(outgoing, ports));
      expect(draft.content.kind as string).toBe(kind);
      expect(JSON.parse(JSON.stringify(proto.Message.decode(bytes)))).toEqual(expected as object);
      const from = { id: "3EB01", chat: draft.to, sender: me.id, fromMe: true, isGroup: draft.to.endsWith("@g.us") };
      const heard = toContent(proto.Message.decode(bytes), readingOf(from, "device", me));
      expect(heard.content).toEqual(outgoing.content);
    });
  }
}

test("every kind that can be sent has its golden file", () => {
  const wanted = draftKinds.filter((kind) => !elsewhere.includes(kind));
  expect([...files.keys()].toSorted()).toEqual(wanted.toSorted());
});

const group = "120363000000000001@g.us";
const refusals: [string, unknown, string, object?][] = [
  ["no such kind", { kind: "pigeon" }, "content.kind"],
  ["no kind", "hello", "content.kind"],
  ["a misspelt field", { kind: "text", text: "a", captoin: "b" }, "content.captoin"],
  ["an empty text", { kind: "text", text: "" }, "content.text"],
  ["a text too long", { kind: "text", text: "a".repeat(65_537) }, "content.text"],
  ["a coloured text in a chat", { kind: "text", text: "a", background: "#1e6e4f" }, "content.background"],
  ["a font in a chat", { kind: "text", text: "a", font: "bold" }, "content.font"],
  ["a colour that is none", { kind: "text", text: "a", color: "red" }, "content.color"],
  ["a font that is none", { kind: "text", text: "a", font: "comic" }, "content.font"],
  ["one poll option", { kind: "poll", question: "?", options: ["a"] }, "content.options"],
  ["a poll option twice", { kind: "poll", question: "?", options: ["a", "a"] }, "content.options"],
  ["too many to choose", { kind: "poll", question: "?", options: ["a", "b"], selectable: 3 }, "content.selectable"],
  ["an event that ends first", { kind: "event", name: "a", start_at: 9, end_at: 3 }, "content.end_at"],
  ["a place off the globe", { kind: "location", latitude: 91, longitude: 0 }, "content.latitude"],
  ["two emoji", { kind: "reaction", target: "3A0HERS", emoji: "👍👍" }, "content.emoji"],
  ["somebody else's message edited", { kind: "edit", target: "3A0HERS", text: "a" }, "content.target"],
  ["somebody else's message deleted", { kind: "delete", target: "3A0HERS" }, "content.target"],
  ["a vote in what is no poll", { kind: "poll_vote", target: "3A0HERS", options: [] }, "content.target"],
  [
    "a vote for what is not in the poll",
    { kind: "poll_vote", target: "3EB0POLL", options: ["Pizza"] },
    "content.options",
  ],
  ["two votes of one", { kind: "poll_vote", target: "3EB0POLL", options: ["Soto", "Gado-gado"] }, "content.options"],
  ["a pin for an hour", { kind: "pin", target: "3A0HERS", seconds: 3_600 }, "content.seconds"],
  ["a timer of a minute", { kind: "timer", seconds: 60 }, "content.seconds"],
  ["a card with nothing on it", { kind: "contacts", contacts: [{ name: "A" }] }, "content.contacts.0"],
  ["everyone in a chat of two", { kind: "text", text: "a" }, "mentions_everyone", { mentions_everyone: true }],
  ["a text to see once", { kind: "text", text: "a" }, "view_once", { view_once: true }],
  ["a mention of nobody", { kind: "text", text: "a" }, "mentions", { mentions: ["Ann"] }],
  [
    "a reply with a reaction",
    { kind: "reaction", target: "3A0HERS", emoji: "👍" },
    "reply_to",
    { reply_to: "3A0HERS" },
  ],
];

for (const [name, content, field, beside] of refusals) {
  test(`refused before anything is queued: ${name}`, async () => {
    const draft = { to: ann, content: content as DraftContent, ...beside };
    expect(await prepareDraft(draft, desk(ann)).catch((error: unknown) => error)).toMatchObject({
      code: "invalid",
      field,
    });
  });
}

test("a message that is not known in a group must say whose it is", async () => {
  const content: DraftContent = { kind: "reaction", target: "3A0NONE", emoji: "👍" };
  const refused = await prepareDraft({ to: group, content }, desk(group)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "invalid", field: "content.target" });
  const named: DraftContent = { ...content, target: { id: "3A0NONE", sender: "88000000000002@lid" } };
  const { content: made } = await prepareDraft({ to: group, content: named }, desk(group));
  expect(made).toMatchObject({ target: { id: "3A0NONE", sender: "88000000000002@lid", from_me: false } });
});

test("what is too old for WhatsApp is refused", async () => {
  for (const content of [
    { kind: "edit", target: "3EB0OLD", text: "new" },
    { kind: "delete", target: "3EB0OLD" },
  ] as DraftContent[]) {
    const refused = await prepareDraft({ to: ann, content }, desk(ann)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "conflict" });
  }
});
