/** One thing that the self test does; `of` makes it of the WhatsApp id of the message before. */
export type Deed =
  { readonly name: string; readonly content: object } | { readonly name: string; readonly of: (id: string) => object };

/** A picture of one point. */
const point = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const note = Buffer.from("Merpati's self test\n").toString("base64");

/** What the self test sends to a person, in order: what is done to a message follows it. */
export const deeds: readonly Deed[] = [
  { name: "location", content: { kind: "location", latitude: -6.2, longitude: 106.8, name: "Merpati" } },
  { name: "contacts", content: { kind: "contacts", contacts: [{ name: "Merpati", phone: "628000000000" }] } },
  { name: "poll", content: { kind: "poll", question: "Self test?", options: ["Yes", "No"] } },
  { name: "poll_vote", of: (target) => ({ kind: "poll_vote", target, options: ["Yes"] }) },
  { name: "event", content: { kind: "event", name: "Self test", start_at: 1_895_190_000 } },
  { name: "image", content: { kind: "image", base64: point } },
  { name: "document", content: { kind: "document", base64: note, name: "selftest.txt" } },
  { name: "sticker", content: { kind: "sticker", base64: point } },
  { name: "text", content: { kind: "text", text: "Merpati's self test: https://example.com" } },
  { name: "reaction", of: (target) => ({ kind: "reaction", target, emoji: "👍" }) },
  { name: "edit", of: (target) => ({ kind: "edit", target, text: "Merpati's self test, edited" }) },
  { name: "pin", of: (target) => ({ kind: "pin", target, pinned: true, seconds: 86_400 }) },
  { name: "delete", of: (target) => ({ kind: "delete", target }) },
];
