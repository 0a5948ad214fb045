import { expect, test } from "bun:test";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { namedEvent } from "../../src/core/identity/named-events.ts";
import { PersonDirectory } from "../../src/core/identity/person-directory.ts";
import type { AccountEvent } from "../../src/core/ports/connector.ts";
import { eventSchemas } from "../../src/core/model/events/events.ts";
import { contentSchemas } from "../../src/core/model/content/content.ts";
import { CallTracker } from "../../src/whatsapp/inbound/calls.ts";
import { postSignal } from "../../src/whatsapp/account/channels/posts.ts";
import { isNews, newsIn } from "../../src/whatsapp/inbound/notices/index.ts";
import { receipts } from "../../src/whatsapp/codec/receipts.ts";
import { UnavailableMessages } from "../../src/whatsapp/inbound/unavailable-messages.ts";
import { jpeg } from "../files.ts";
import { startBot } from "../harness.ts";
import { random } from "../mutants.ts";

const rounds = 20_000;
const me = { id: "6281100000001@s.whatsapp.net", lid: "77000000000001@lid" };
const reader = { device: "device", me };
const now = Date.UTC(2026, 10, 20);

/** Everything WhatsApp sends unencrypted while this and that happens. */
async function sent(): Promise<BinaryNode[]> {
  await using bot = await startBot();
  const stanzas: BinaryNode[] = [];
  await bot.link();
  bot.sim.network.tracer = (direction, _connection, stanza) => {
    const open =
      stanza.tag !== "message" || stanza.attrs["from"]?.endsWith("@newsletter") || stanza.attrs["id"] === "withheld";
    if (direction === "out" && open && ["notification", "call", "receipt", "message"].includes(stanza.tag))
      stanzas.push(structuredClone<BinaryNode>(stanza));
  };
  const [ann, citra] = [bot.contact(), bot.contact("628999000111", "Citra")];
  const group = bot.sim.group("Pigeons", [bot.phone, ann]);
  group.rename("Carriers");
  group.describe("All about them");
  group.switch("announcement", true);
  group.disappears(604_800);
  group.asksApproval(true);
  group.join(citra);
  group.withdraw(citra);
  group.add(citra);
  group.promote(citra);
  group.remove(citra);
  const channel = bot.sim.channel("News", { by: ann, followers: [bot.phone] });
  const post = channel.post("Pigeons race at noon");
  channel.edit(post, "Pigeons race at one");
  channel.react(post, citra, "👍");
  channel.takeBack(post);
  await ann.says("Hi", { id: "withheld", withheld: "view_once" });
  ann.setsPicture(await jpeg());
  ann.describesItself("Busy");
  bot.phone.blocks(ann);
  ann.calls({ video: true }).hangsUp();
  const { waId } = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "Hi" } });
  (await ann.hears(({ id }) => id === waId)).read();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  return stanzas;
}

const nothings = [
  "",
  "0",
  "-1",
  "NaN",
  "1e99",
  "@g.us",
  "x@s.whatsapp.net",
  "@lid",
  "__proto__",
  "\u0000",
  "9".repeat(400),
];

/** A part of it is missing, doubled, empty, of another kind, or says something else. */
function nonsense(node: BinaryNode, next: () => number): BinaryNode {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  const copy: BinaryNode = { ...node, attrs: { ...node.attrs } };
  const names = Object.keys(copy.attrs);
  const change = next();
  const name = pick(names);
  if (change < 0.2 && name) delete copy.attrs[name];
  else if (change < 0.45 && name) copy.attrs[name] = pick(nothings) ?? "";
  else if (change < 0.5) copy.tag = pick(["", "delete", "create", "add", "message", "update"]) ?? "";
  else if (change < 0.6)
    Object.assign(copy, { content: pick([undefined, "text", new Uint8Array([0xff, 0xfe, 0]), []]) });
  else if (Array.isArray(copy.content) && copy.content.length > 0) {
    const at = Math.floor(next() * copy.content.length);
    const child = copy.content[at];
    const others = copy.content.filter((_, place) => place !== at);
    copy.content = next() < 0.15 || !child ? others : [...others, nonsense(child, next)];
  } else if (copy.content instanceof Uint8Array) {
    copy.content = copy.content.map((byte) => (next() < 0.05 ? Math.floor(next() * 256) : byte));
  }
  return copy;
}

const checks = new Map(Object.entries(eventSchemas).map(([type, schema]) => [type, TypeCompiler.Compile(schema)]));
const contents = new Map(Object.entries(contentSchemas).map(([kind, schema]) => [kind, TypeCompiler.Compile(schema)]));

test("whatever unencrypted stanzas say, what is told of them is of the documented shape", async () => {
  const next = random(5);
  const seeds = await sent();
  expect(new Set(seeds.map(({ tag, attrs }) => `${tag} ${attrs.type ?? ""}`)).size).toBeGreaterThan(8);
  const figures = { told: 0, nothing: 0, refused: 0 };
  const calls = new CallTracker();
  const unavailable = new UnavailableMessages();
  const alias = async () => null;
  const strangers = new PersonDirectory({ find: async () => null, sourceOf: async () => null }, "device");
  const readers: Record<string, (node: BinaryNode) => AccountEvent[] | Promise<AccountEvent[]>> = {
    notification: (node) => (isNews(node) ? newsIn(node, alias, now) : []),
    call: (node) => [calls.newsIn(node, now)].filter((one) => one !== null),
    receipt: (node) => {
      for (const { waIds } of receipts(node, me)) expect(waIds.every((id) => typeof id === "string")).toBe(true);
      return [];
    },
    message: (node) => {
      unavailable.signalOf(node, reader);
      const signal = postSignal(node, reader);
      if (signal?.type === "post")
        expect(contents.get(signal.post.content.kind)?.Check(signal.post.content)).toBe(true);
      return [];
    },
  };
  for (let round = 0; round < rounds; round++) {
    let node = seeds[round % seeds.length] as BinaryNode;
    for (let left = 1 + Math.floor(next() * 3); left > 0; left--) node = nonsense(node, next);
    const tag = seeds[round % seeds.length]?.tag ?? "";
    // What is refused is acknowledged and said in the log; see `listen.ts`.
    const news = await Promise.resolve()
      .then(() => readers[tag]?.(node) ?? [])
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === "Error" && "matcherResult" in error) throw error;
        return null;
      });
    if (news === null) figures.refused++;
    else if (news.length === 0) figures.nothing++;
    for (const read of news ?? []) {
      const { type, data, at } = await namedEvent({ once: "", ...read }, strangers, me.id);
      figures.told++;
      // It is written down with its moment.
      expect(new Date(at).toISOString()).toBeString();
      const wrong = checks.get(type)?.Errors(data).First();
      expect(wrong && `${type}: ${wrong.path} ${wrong.message} ${JSON.stringify(data)}`).toBeUndefined();
    }
  }
  expect(figures.told).toBeGreaterThan(rounds / 5);
}, 60_000);
