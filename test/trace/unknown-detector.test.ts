import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import { UnknownDetector } from "../../src/whatsapp/inbound/unknown-detector.ts";
import { stanzas } from "../reality/cases.ts";
import { Names } from "../reality/names.ts";

const names = new Names({});

function unknowns(look: (detector: UnknownDetector) => void): string[] {
  const seen: string[] = [];
  look(new UnknownDetector({ count: (kind, name) => seen.push(`${kind} ${name}`) }));
  return [...new Set(seen)].sort();
}

test("of real stanzas only what nobody knows is noted", () => {
  const nodes = stanzas.flatMap(({ node }) => (node ? [names.stanza(node)] : []));
  expect(unknowns((detector) => nodes.forEach((node) => detector.stanza(node)))).toEqual([
    "child notification/w:gp2/some_future_feature",
    "encryption pqmsg",
    "notification quantum_leap",
    "tag hologram",
  ]);
});

test("new attributes, children and operations are noted by name", () => {
  const node = {
    tag: "message",
    attrs: { id: "X", from: "6281234567890@s.whatsapp.net", sparkle: "secret" },
    content: [
      { tag: "enc", attrs: { v: "2", type: "msg", twinkle: "1" }, content: new Uint8Array(3) },
      { tag: "glitter", attrs: {}, content: "secret" },
    ],
  };
  const mex = {
    tag: "notification",
    attrs: { type: "mex" },
    content: [{ tag: "update", attrs: { op_name: "NewThing" } }],
  };
  expect(unknowns((detector) => [node, mex].forEach((each) => detector.stanza(each)))).toEqual([
    "attribute enc/twinkle",
    "attribute message/sparkle",
    "child message/glitter",
    "operation NewThing",
  ]);
});

test("fields that the definition does not know are noted wherever they stand", () => {
  const known = proto.Message.encode({ extendedTextMessage: { text: "hi", contextInfo: { stanzaId: "X" } } }).finish();
  expect(unknowns((detector) => detector.message(known))).toEqual([]);
  // Field 118, and in extendedTextMessage (6) its contextInfo (17) with a field 90.
  const spoiler = Buffer.from("b207040a026869", "hex");
  const nested = Buffer.from("32068a0103d00501", "hex");
  expect(unknowns((detector) => detector.message(Buffer.concat([known, spoiler, nested])))).toEqual([
    "field ContextInfo 90",
    "field Message 118",
  ]);
});

test("hostile bytes are looked at without harm, and bring few names", () => {
  // viewOnceMessage (37) holds a FutureProofMessage, which holds a Message (1): two levels each.
  const wrapped = (wire: Buffer): Buffer =>
    Buffer.concat([Buffer.from([0xaa, 0x02, wire.length + 2, 0x0a, wire.length]), wire]);
  const deep = (times: number) =>
    Array.from({ length: times }).reduce<Buffer>((wire) => wrapped(wire), Buffer.from("d83e01", "hex"));
  const many = Buffer.concat(
    Array.from({ length: 300 }, (_, at) => Buffer.from([0x80 | ((at & 15) << 3), 0x40 + (at >> 4), 1])),
  );
  expect(unknowns((detector) => detector.message(deep(3)))).toEqual(["field Message 1003"]);
  expect(unknowns((detector) => detector.message(deep(4)))).toEqual([]);
  expect(unknowns((detector) => detector.message(many)).length).toBeLessThanOrEqual(20);
  for (let seed = 1; seed < 500; seed++) {
    const bytes = Uint8Array.from({ length: 40 }, (_, at) => (seed * 2_654_435_761 * (at + 1)) >>> (at % 24));
    unknowns((detector) => detector.message(bytes));
  }
});
