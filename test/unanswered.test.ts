import { afterEach, beforeEach, expect, test } from "bun:test";
import { el, type Stanza } from "../src/simulator/index.ts";
import { startBot, type TestBot } from "./harness.ts";
import { Watch } from "./watch.ts";

let bot: TestBot;
let received: Stanza[];
let watch: Watch;
let device: string;

beforeEach(async () => {
  bot = await startBot({ simulator: { profile: "newest", history: "inline", appState: "patches" } });
  await bot.link();
  received = [];
  watch = new Watch();
  device = bot.phone.user.linked[0]?.jid() ?? "";
  bot.sim.raw.trace(({ direction, stanza }) => {
    if (direction === "out") return;
    received.push(stanza);
    watch.changed();
  });
});
afterEach(() => bot[Symbol.asyncDispose]());

const answerTo = (id: string) =>
  watch.until(() => received.find(({ attrs }) => attrs["id"] === id), `an answer to ${id}`, 5_000);

test.each(["newsfeed", "unheard-of"])("a <%s> is answered as unknown", async (tag) => {
  bot.sim.raw.send(device, el(tag, { id: "T1", from: "s.whatsapp.net", t: "1" }, []));
  expect((await answerTo("T1")).attrs).toEqual({ id: "T1", to: "s.whatsapp.net", class: tag, error: "488" });
});

test("a broken certificate beside a message costs no words", async () => {
  const ann = bot.contact();
  const parts = bot.sim.raw.seal(ann.user.phone, device, { conversation: "of a business" });
  const from = { id: "V1", from: ann.lid, sender_pn: ann.jid, t: String(Math.floor(Date.now() / 1_000)), type: "text" };
  const junk = el("verified_name", { v: "1" }, Buffer.from([255, 255, 255, 255]));
  bot.sim.raw.send(device, el("message", from, [junk, ...parts]));
  const told = await bot.next("message.received", ({ data }) => data.id === "V1");
  expect(told.data.content).toMatchObject({ kind: "text", text: "of a business" });
});

const strange: [string, Record<string, string>, string][] = [
  ["of another network", { from: "10001@interop" }, "unknown_server"],
  ["of another network's chat", { from: "10001@msgr" }, "unknown_server"],
  ["of a group without a participant", { from: "120363000000000001@g.us" }, "participant_missing"],
  ["of a list without a participant", { from: "1700000000@broadcast" }, "participant_missing"],
];

test.each(strange)("a message %s is told before it is acknowledged", async (_, attrs, cause) => {
  const enc = el("enc", { v: "2", type: "msg" }, Buffer.from([1, 2, 3]));
  bot.sim.raw.send(device, el("message", { id: "U1", t: "1700000000", type: "text", ...attrs }, [enc]));
  const ack = await answerTo("U1");
  expect(ack).toMatchObject({ tag: "ack", attrs: { class: "message", to: attrs["from"] } });
  expect(ack.attrs["error"]).toBeUndefined();
  const told = bot.events.find(
    ({ type, data }) => type === "message.undecryptable" && "id" in data && data.id === "U1",
  );
  expect(told?.data).toMatchObject({ reason: "failed", chat: attrs["from"], cause });
});

test("a copy of what somebody else sent is told, too", async () => {
  const ann = bot.contact();
  const attrs = { id: "U2", from: ann.lid, recipient: "62812000009@s.whatsapp.net", t: "1700000000", type: "text" };
  bot.sim.raw.send(device, el("message", attrs, [el("enc", { v: "2", type: "msg" }, Buffer.from([1]))]));
  await answerTo("U2");
  const { data } = await bot.next("message.undecryptable", (event) => event.data.id === "U2");
  expect(data.cause).toBe("other_recipient");
});

test("what cannot be decrypted says why", async () => {
  const ann = bot.contact();
  const from = { from: ann.lid, t: String(Math.floor(Date.now() / 1_000)), type: "text" };
  const causeOf = async (id: string, parts: Stanza[]) => {
    bot.sim.raw.send(device, el("message", { ...from, id }, parts));
    return (await bot.next("message.undecryptable", ({ data }) => data.id === id)).data.cause;
  };
  const sealed = () => bot.sim.raw.seal(ann.user.phone, device, { conversation: "words" });
  const [first, ...more] = sealed();
  if (!first || !(first.content instanceof Uint8Array)) throw new Error("no ciphertext");
  expect(await causeOf("C1", [el("enc", { v: "2", type: "msg" }, first.content), ...more])).toBe("no_session");
  /** The last byte is of the signed pre-key's id, the twelfth from the end of the MAC. */
  const torn = (place: number) => {
    const bytes = Buffer.from(first.content as Uint8Array);
    bytes[bytes.length - place] = (bytes.at(-place) ?? 0) ^ 1;
    return [el("enc", first.attrs, bytes), ...more];
  };
  expect(await causeOf("C2", torn(1))).toBe("unknown_pre_key");
  expect(await causeOf("C4", torn(12))).toBe("forged");
  expect(await causeOf("C3", [el("enc", first.attrs, Buffer.from([9, 9])), ...more])).toBe("malformed");
});
