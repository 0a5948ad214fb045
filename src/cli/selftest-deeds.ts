import { film, point, tone } from "./selftest-files.ts";

/**
 * One thing that the self test does; `of` makes it of the WhatsApp id of the message before, `more` stands beside its content.
 */
export type Deed = { readonly name: string; readonly more?: object } & (
  { readonly content: object } | { readonly of: (id: string) => object }
);

const note = Buffer.from("Merpati's self test\n").toString("base64");

/** What the self test sends to a person, in order: what is done to a message follows it. */
export const deeds: readonly Deed[] = [
  { name: "location", content: { kind: "location", latitude: -6.2, longitude: 106.8, name: "Merpati" } },
  { name: "contacts", content: { kind: "contacts", contacts: [{ name: "Merpati", phone: "628000000000" }] } },
  { name: "poll", content: { kind: "poll", question: "Self test?", options: ["Yes", "No"] } },
  { name: "poll_vote", of: (target) => ({ kind: "poll_vote", target, options: ["Yes"] }) },
  { name: "live_location", content: { kind: "live_location", latitude: -6.2, longitude: 106.8 } },
  { name: "menu", content: { kind: "menu", text: "Self test?", options: [{ title: "Yes", id: "yes" }] } },
  { name: "event", content: { kind: "event", name: "Self test", start_at: 1_895_190_000 } },
  { name: "event_response", of: (target) => ({ kind: "event_response", target, response: "going" }) },
  { name: "image", content: { kind: "image", base64: point } },
  { name: "image seen once", content: { kind: "image", base64: point }, more: { view_once: true } },
  { name: "video", content: { kind: "video", base64: film } },
  { name: "gif", content: { kind: "gif", base64: film } },
  { name: "video_note", content: { kind: "video_note", base64: film } },
  { name: "audio", content: { kind: "audio", base64: tone() } },
  { name: "voice", content: { kind: "voice", base64: tone() } },
  {
    name: "album",
    content: {
      kind: "album",
      files: [
        { kind: "image", base64: point },
        { kind: "video", base64: film },
      ],
    },
  },
  { name: "document", content: { kind: "document", base64: note, name: "selftest.txt" } },
  { name: "sticker", content: { kind: "sticker", base64: point } },
  { name: "text", content: { kind: "text", text: "Merpati's self test: https://example.com" } },
  { name: "reaction", of: (target) => ({ kind: "reaction", target, emoji: "👍" }) },
  { name: "edit", of: (target) => ({ kind: "edit", target, text: "Merpati's self test, edited" }) },
  { name: "pin", of: (target) => ({ kind: "pin", target, pinned: true, seconds: 86_400 }) },
  { name: "keep", of: (target) => ({ kind: "keep", target }) },
  { name: "forward", of: (target) => ({ kind: "forward", target }) },
  { name: "delete", of: (target) => ({ kind: "delete", target }) },
];
