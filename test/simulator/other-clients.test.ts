import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { type BinaryNode, proto } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import type { Simulator } from "../../src/simulator/index.ts";
import { Client, linkedClient } from "./client.ts";

// What clients need that are not Baileys; each was missed by whatsmeow, zapo or whatsapp-rust.
const NUMBER = "6281100000001";
let sim: Simulator;
beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
});
afterEach(() => sim.stop());

const childOf = (node: BinaryNode | undefined, tag: string): BinaryNode | undefined =>
  Array.isArray(node?.content) ? node.content.find((one) => one.tag === tag) : undefined;

const usync = (client: Client, protocols: BinaryNode[], user: BinaryNode): Promise<BinaryNode> =>
  client.socket.query({
    tag: "iq",
    attrs: { to: "@s.whatsapp.net", type: "get", xmlns: "usync" },
    content: [
      {
        tag: "usync",
        attrs: { sid: "1", mode: "query", last: "true", index: "0", context: "interactive" },
        content: [
          { tag: "query", attrs: {}, content: protocols },
          { tag: "list", attrs: {}, content: [user] },
        ],
      },
    ],
  });

const usersOf = (answer: BinaryNode): BinaryNode[] => {
  const list = childOf(childOf(answer, "usync"), "list");
  return Array.isArray(list?.content) ? list.content : [];
};

test("the certificates are valid now, and not for ever", () => {
  const { intermediate, leaf } = proto.CertChain.decode(sim.network.authority.chain);
  for (const one of [intermediate, leaf]) {
    const details = proto.CertChain.NoiseCertificate.Details.decode(one?.details ?? new Uint8Array());
    const [from, until] = [Number(details.notBefore), Number(details.notAfter)];
    expect([from < Date.now() / 1000, until > Date.now() / 1000, until - from < 400 * 86_400]).toEqual([
      true,
      true,
      true,
    ]);
  }
});

test("a stream ends with its last stanza, its end and, a while later, its socket", async () => {
  const client = await linkedClient(sim, NUMBER);
  const frames: string[] = [];
  client.socket.ws.on("frame", (node: BinaryNode) => frames.push(node.tag));
  // Baileys hangs up on the first word of it; here the server does.
  client.socket.ws.removeAllListeners("CB:stream:error").removeAllListeners("CB:xmlstreamend");
  let heardAt = 0;
  client.socket.ws.on("CB:stream:error", () => (heardAt = performance.now()));
  sim.faults.streamError({ code: "503" });
  await client.ended();
  expect(frames.slice(-2)).toEqual(["stream:error", "xmlstreamend"]);
  expect(performance.now() - heardAt).toBeGreaterThan(50);
});

test("a client that never asks for its queue is served all the same", async () => {
  sim.assume({ unaskedQueueMs: 0 });
  const asks = (stanza: BinaryNode): boolean => childOf(stanza, "offline_batch") !== undefined;
  sim.faults.at("in", { do: "drop" }, { when: asks, times: Infinity });
  const client = await linkedClient(sim, NUMBER);
  await client.disconnect();
  const ann = sim.contact("628123456789", { name: "Ann" });
  await ann.says("while you were away");
  client.connect();
  await client.received("while you were away");
  await ann.says("while you are here");
  await client.received("while you are here");
  await client.disconnect();
});

test("an unknown usync protocol fails alone, a business and a picture are told", async () => {
  const ann = sim.contact("628123456789", { name: "Ann" });
  ann.opensBusiness({});
  ann.setsPicture(Buffer.from("picture"));
  const client = await linkedClient(sim, NUMBER);
  const protocols = ["business", "picture", "text_status", "lid", "nonsense"].map((tag) => ({ tag, attrs: {} }));
  const answer = await usync(client, protocols, { tag: "user", attrs: { jid: ann.jid } });
  const [user] = usersOf(answer);
  expect(childOf(user, "lid")?.attrs["val"]).toBe(ann.lid);
  expect(childOf(user, "picture")?.attrs["id"]).toBe(ann.user.picture?.id ?? "");
  const name = childOf(childOf(user, "business"), "verified_name")?.content;
  const { details } = proto.VerifiedNameCertificate.decode(name as Uint8Array);
  expect(proto.VerifiedNameCertificate.Details.decode(details ?? new Uint8Array()).verifiedName).toBe("Ann");
  expect(sim.takeProblems()).toEqual([expect.stringContaining("asked usync for nonsense")]);
  await client.disconnect();
});

test("a look-up by LID names the account by LID and number, and nobody by number alone", async () => {
  const ann = sim.contact("628123456789", { name: "Ann" });
  ann.describesItself("12345");
  const client = await linkedClient(sim, NUMBER);
  const look = async (number: string): Promise<BinaryNode | undefined> => {
    const contact = { tag: "contact", attrs: {}, content: Buffer.from(`+${number}@c.us`) };
    const protocols = [
      { tag: "contact", attrs: { addressing_mode: "lid" } },
      { tag: "status", attrs: {} },
    ];
    return usersOf(await usync(client, protocols, { tag: "user", attrs: {}, content: [contact] }))[0];
  };
  const found = await look("628123456789");
  expect(found?.attrs).toEqual({ jid: ann.lid, pn_jid: ann.jid });
  expect(Buffer.from(childOf(found, "contact")?.content as Uint8Array).toString()).toBe("+628123456789@c.us");
  // Digits stay text, not a packed number.
  expect(childOf(found, "status")?.content).toBeInstanceOf(Uint8Array);
  expect((await look("628000000000"))?.attrs).toEqual({ pn_jid: "628000000000@s.whatsapp.net" });
  await client.disconnect();
  sim.assertNoProblems();
});

test("a file lies at a path with parameters, and further ones change nothing, and is taken away", async () => {
  const { url, directPath } = sim.media.store(Buffer.from("0123456789"));
  expect(directPath).toMatch(/\.enc\?ccb=[\d-]+&oh=[\dA-F]+&oe=[\dA-F]+/);
  const [path = ""] = directPath.split("?");
  const tls = { ca: sim.certificate };
  const response = await fetch(`${url}&hash=abc&mms-type=image&__wa-mms=`, { tls });
  expect(await response.text()).toBe("0123456789");
  const name = createHash("sha256").update("0123456789").digest("base64url");
  const where = new URLSearchParams({ auth: sim.media.newToken(), d_md: Buffer.from(path).toString("base64url") });
  const remove = (hash: string) =>
    fetch(`https://${sim.media.host}/mms/md-msg-hist/${hash}?${where}`, { method: "DELETE", tls });
  expect((await remove("another")).status).toBe(404);
  expect((await remove(name)).status).toBe(200);
  expect((await fetch(url, { tls })).status).toBe(410);
});
