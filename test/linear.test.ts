import { expect, test } from "bun:test";
import { apiKeyOf } from "../src/api/credentials.ts";
import { needKnown } from "../src/api/exact.ts";
import { faceOf } from "../src/api/face.ts";
import { faces } from "../src/api/faces/index.ts";
import { inviteCode } from "../src/api/people.ts";
import { ranged } from "../src/api/ranges.ts";
import { RouteFinder } from "../src/api/table/find.ts";
import { nativeTable } from "../src/api/table/native.ts";
import { csvTableOf } from "../src/core/sending/bulk/csv-table.ts";
import { mergedBulk } from "../src/core/sending/bulk/mail-merge.ts";
import { firstLink } from "../src/core/media/link-preview.ts";
import { nameInDisposition } from "../src/core/media/disposition.ts";
import { fileName } from "../src/core/media/file-name.ts";
import { inBase64 } from "../src/core/media/file-source.ts";
import { recipient } from "../src/core/model/recipient.ts";
import { Redaction } from "../src/core/trace/redaction.ts";
import { FieldCleaner } from "../src/log/fields.ts";
import { scrub } from "../src/log/scrub.ts";
import { cardOf } from "../src/media/card.ts";
import { parseArgs, readPattern } from "../src/plugins/contract/pattern.ts";
import { CommandRouter } from "../src/plugins/routing/command-router.ts";
import { FaultLocator } from "../src/plugins/thread/fault-locator.ts";
import { ClientAddress } from "../src/server/client-address.ts";
import { amrSeconds } from "../src/media/amr.ts";
import { firstFrame, isAnimated } from "../src/media/webp.ts";
import { isWhole, withoutMetadata } from "../src/media/metadata.ts";
import { parseList, stages } from "../src/api/v1/filters.ts";
import { inUtf8 } from "../src/server/charset.ts";
import { needFewFields } from "../src/server/form-budget.ts";
import { boundaryOf, parametersOf, partsOfForm } from "../src/server/multipart.ts";
import { JsonBudget, needFewValues } from "../src/server/json-budget.ts";
import { sessionIn } from "../src/server/session-cookie.ts";
import { phonesIn } from "../src/whatsapp/codec/convert/contacts.ts";

/** Twice the input takes at most so much longer: the least of nine runs each, in one process. */
const most = 2.5;
const runs = 9;
/** On a machine that others use. */
const attempts = 10;
/** Below it a clock measures itself, milliseconds. */
const measurable = 2;

const finder = new RouteFinder(nativeTable);
const client = new ClientAddress(["127.0.0.1"]);
const cleaner = new FieldCleaner(["a secret of the operator"]);
const redaction = new Redaction();
const router = new CommandRouter(["!"]);
const weather = readPattern("weather <city:text> [days:int]");
const locator = new FaultLocator("/plugins/a.ts", "/plugins");
const schema = { type: "object", properties: { text: { type: "string" } } } as never;
const latin1 = (text: string) => Buffer.from(text, "latin1");
const bytes = (text: string) => new TextEncoder().encode(text);
const headers = (name: string, value: string) => new Headers({ [name]: value });
const get = (value: Headers) => new Request("http://a.example/", { headers: value });

/** What reads text of outsiders, and what it reads. Each may refuse it: how long that takes is asked. */
const parsers: Record<string, { reads: (text: string) => unknown; repeated: readonly string[]; before?: string }> = {
  "a log's text": {
    reads: (text) => scrub(text, ["a b"], Infinity),
    repeated: ["12345:", "1", "mp_", "a b", "1@", "12345@lid"],
  },
  "a log's fields": {
    reads: (text) => cleaner.fields({ path: text, err: new Error(text) }),
    repeated: ["12345:", "mp_a"],
  },
  "a path": {
    reads: (text) => [finder.find("GET", text), faceOf(faces, text)],
    repeated: ["/", "/v1/devices/a", "%2f"],
  },
  "a key": { reads: (text) => apiKeyOf(headers("authorization", text)), repeated: [" ", "a "], before: "Bearer " },
  "a cookie": {
    reads: (text) => sessionIn(headers("cookie", text), new URL("http://a.example:1")),
    repeated: ["merpati_1", "merpati_1=;", ";", " "],
  },
  "who a proxy speaks for": {
    reads: (text) => client.of(headers("x-forwarded-for", text), "127.0.0.1"),
    repeated: ["127.0.0.1,", "1", "[", ",", "::ffff:"],
  },
  "a range": {
    reads: (text) => ranged(get(headers("range", text)), new Blob(["a"]), {}),
    repeated: ["1", "1-"],
    before: "bytes=",
  },
  etags: {
    reads: (text) => ranged(get(headers("if-none-match", text)), new Blob(["a"]), { etag: '"a"' }),
    repeated: ["W/", ",", '"b",'],
  },
  "a body's fields": { reads: (text) => needKnown(schema, { [text]: 1 }, "a field"), repeated: ["text", "a"] },
  "a body's shape": {
    reads: (text) => new JsonBudget(Infinity).take(bytes(text)),
    repeated: ['"', '"\\"', "[]", "{}", ",", "1", '\\"'],
  },
  "a form's shape": {
    reads: (text) => [needFewValues(bytes(text), Infinity), needFewFields(bytes(text))],
    repeated: ["-", "[", "&", "a=b&"],
  },
  "a list in a query": { reads: (text) => parseList(stages, text), repeated: [",", "a,", " "] },
  "a JPEG's metadata": {
    reads: (text) => [withoutMetadata(latin1(text)), isWhole(latin1(text))],
    repeated: ["\xff\xe1\0\x02", "\xff", "\xff\xe0\0\0", "\xff\xda\0\x02", "\xff\xd9"],
    before: "\xff\xd8",
  },
  "a PNG's metadata": {
    reads: (text) => [withoutMetadata(latin1(text)), isWhole(latin1(text))],
    repeated: ["\0\0\0\0tEXt\0\0\0\0", "\0\0\0\0IDAT\0\0\0\0", "\0", "IEND"],
    before: "\x89PNG\r\n\x1a\n",
  },
  "a WebP's chunks": {
    reads: (text) => [isAnimated(latin1(text)), firstFrame(latin1(text))],
    repeated: ["ANMF\0\0\0\0", "ALPH\x02\0\0\0ab", "\0"],
    before: "RIFF\xff\xff\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0",
  },
  "an AMR's frames": { reads: (text) => amrSeconds(latin1(text)), repeated: ["\x7c", "\x04", "\0"], before: "#!AMR\n" },
  "a form's parameters": {
    reads: (text) => [parametersOf(text), boundaryOf(text)],
    repeated: [";", "=", '"', '\\"', "; ", ";a=", '; boundary="', "; filename"],
    before: 'form-data; a="',
  },
  "a form": {
    reads: async (text) => {
      for await (const part of partsOfForm(inPieces(text), "b")) for await (const piece of part.bytes) void piece;
    },
    repeated: ["\r\n", "\r\n--", "-", "--b\r\n", "\r\n--b\r\ncontent-disposition: a; name=b\r\n\r\n", "; name=", "a"],
    before: "--b\r\ncontent-disposition: form-data; name=a\r\n\r\n",
  },
  "a table": {
    reads: async (text) => csvTableOf(text),
    repeated: [",", ";", '"', '""', '",', "\r\n", "a\n", '"\n'],
    before: "a,b\n",
  },
  "a table's template": {
    reads: async (text) => mergedBulk({ columns: ["to"], rows: [{ number: 2, cells: ["628123456789"] }] }, { text }),
    repeated: ["{", "{{", "}}", "{{to}}", "{{ ", "{{a"],
  },
  "a link in a text": {
    reads: (text) => firstLink(text),
    repeated: ["http", "https:/", "h", "https://", " http:/ ", "<"],
  },
  "a content type": { reads: (text) => inUtf8(bytes("a"), text), repeated: [";", "; ", "; charset"], before: "a" },
  "a recipient": { reads: (text) => recipient(text), repeated: ["1", "1@", ":", " "] },
  "an invite link": { reads: (text) => inviteCode(text), repeated: ["a", "/", "https://chat.whatsapp.com/"] },
  "a file's name": { reads: (text) => fileName(text), repeated: [".", "_", "/", "a.", " "] },
  "a disposition": {
    reads: (text) => nameInDisposition(text),
    repeated: [";", "; ", "\\", '"', "; filename", "'"],
    before: 'a; filename="',
  },
  base64: { reads: (text) => inBase64(text), repeated: ["A", "=", "data:"], before: "data:" },
  "a page": {
    reads: (text) => cardOf("http://a.example", bytes(text), "text/html"),
    repeated: ["<meta ", "<title>", " ", "&amp;", "<"],
  },
  "a stanza's text": { reads: (text) => redaction.text(text), repeated: ["_:", "1", ":1@", "a "] },
  "a command": { reads: (text) => router.match(text, () => true), repeated: [" ", "!ping ", "a"], before: "!" },
  "a command's words": { reads: (text) => parseArgs(weather, text), repeated: ["a ", " ", '"', '" '] },
  "a worker's last words": { reads: (text) => locator.crash(text, null), repeated: ["\n", "a", "Error", "\n a"] },
  "a card of a contact": { reads: (text) => phonesIn(text), repeated: ["TEL;", "item1", "\n", ";waid=1", "TEL:1\n"] },
};

/** As a body comes: the pieces of a socket. */
async function* inPieces(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 4_096) yield latin1(text.slice(at, at + 4_096));
}

/** How long it takes to read a text so many times, milliseconds. */
async function timeOf(times: number, text: string, reads: (text: string) => unknown): Promise<number> {
  const started = performance.now();
  for (let time = 0; time < times; time++) {
    try {
      const read = reads(text);
      if (read instanceof Promise) await read;
    } catch {
      // A refusal is an answer.
    }
  }
  return performance.now() - started;
}

/** How much longer twice the input takes. Both are read in turns: what else the machine does hits both. */
async function ratioOf(times: number, one: string, two: string, reads: (text: string) => unknown): Promise<number> {
  let [least, leastOfTwo] = [Infinity, Infinity];
  for (let run = 0; run < runs; run++) {
    least = Math.min(least, await timeOf(times, one, reads));
    leastOfTwo = Math.min(leastOfTwo, await timeOf(times, two, reads));
  }
  return leastOfTwo / least;
}

const cases = Object.entries(parsers).flatMap(([what, { reads, repeated, before = "" }]) =>
  repeated.map((piece) => ({ what, piece, reads, before })),
);

test.each(cases)("$what takes time in proportion to its length: $piece", async ({ reads, piece, before }) => {
  const length = 16_384;
  const text = (size: number) => before + piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  const [one, two] = [text(length), text(2 * length)];
  // As often as makes it measurable; what is quadratic needs no help, and stays quadratic at every attempt.
  const once = Math.min(await timeOf(1, one, reads), await timeOf(1, one, reads), await timeOf(1, one, reads));
  const times = Math.max(1, Math.ceil(measurable / Math.max(once, 0.000_1)));
  let ratio = Infinity;
  for (let attempt = 0; attempt < attempts && ratio > most; attempt++) ratio = await ratioOf(times, one, two, reads);
  expect(ratio).toBeLessThanOrEqual(most);
});
