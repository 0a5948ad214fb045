import { expect, spyOn, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import * as ours from "@whiskeysockets/baileys";
import { makeLibSignalRepository } from "@whiskeysockets/baileys/lib/Signal/libsignal.js";
import * as constants from "@whiskeysockets/baileys/lib/WABinary/constants.js";
import { assertPatched, nested } from "../../src/whatsapp/wire/patched.ts";
import { silence } from "../../src/whatsapp/wire/silence.ts";
import { stock, stockBaileys } from "../stock/baileys.ts";
import { hunksOf, unpatched } from "../stock/unpatch.ts";

/** Each fault is shown on the stock package too: a patch that is no longer needed fails here. */
const theirs = await stockBaileys();

test("the installed Baileys is the patched one", () => {
  expect(assertPatched).not.toThrow();
});

test("a signature is accepted from its signer only", () => {
  const signer = ours.Curve.generateKeyPair();
  const text = Buffer.from("merpati");
  const signature = Buffer.from(ours.Curve.sign(signer.private, text));
  const forged = [signer.public, Buffer.from("merpatj"), signature] as const;
  expect(ours.Curve.verify(signer.public, text, signature)).toBe(true);
  expect(ours.Curve.verify(ours.Curve.generateKeyPair().public, text, signature)).toBe(false);
  expect([ours.Curve.verify(...forged), theirs.Curve.verify(...forged)]).toEqual([false, true]);
});

test("what stands in for the AGPL parts gives the same bytes: md5, HKDF, the hash of app state", () => {
  const hashOf = ({ LT_HASH_ANTI_TAMPERING: hash }: typeof ours, taken: Buffer[], added: Buffer[]) =>
    Buffer.from(hash.subtractThenAdd(hash.subtractThenAdd(Buffer.alloc(128), [], added), taken, added.slice(1)));
  for (let round = 0; round < 50; round++) {
    const bytes = randomBytes(1 + round);
    const macs = Array.from({ length: 3 }, () => randomBytes(32));
    const of = (baileys: typeof ours) =>
      [
        baileys.md5(bytes),
        baileys.hkdf(bytes, 112, { info: "WhatsApp Image Keys" }),
        baileys.hkdf(bytes, 32, { salt: randomBytes(0), info: "" }),
        baileys.hkdf(bytes, 64, { salt: macs[0], info: "adv_secret" }),
        hashOf(baileys, macs.slice(0, 2), macs),
      ].map((one) => Buffer.from(one).toString("hex"));
    expect(of(ours)).toEqual(of(theirs));
  }
});

test("nodes nest to 64 levels and no further", () => {
  expect(ours.decodeDecompressedBinaryNode(nested(60), constants).tag).toBe("iq");
  expect(() => ours.decodeDecompressedBinaryNode(nested(100), constants)).toThrow("nested too deep");
  expect(theirs.decodeDecompressedBinaryNode(nested(100), constants).tag).toBe("iq");
});

test("a frame that leaves has the bytes that the stock package gives it, whatever its size", () => {
  const enc = (size: number) => ({ tag: "enc", attrs: { v: "2", type: "pkmsg" }, content: randomBytes(size) });
  const to = (at: number) => ({ tag: "to", attrs: { jid: `6281:${at}@s.whatsapp.net` }, content: [enc(at * 40)] });
  const nodes: ours.BinaryNode[] = [
    { tag: "receipt", attrs: { id: "3EB0A1B2", to: "6281@s.whatsapp.net", t: "1764597600", name: "é-ü" } },
    { tag: "message", attrs: { empty: "" }, content: Array.from({ length: 300 }, (_, at) => to(at)) },
    ...[0, 255, 256, 511, 512, 1 << 20].map((size) => enc(size)),
    { tag: "iq", attrs: { long: "z".repeat(1 << 20) } },
  ];
  for (const node of nodes) expect(ours.encodeBinaryNode(node)).toEqual(theirs.encodeBinaryNode(node));
});

test("a frame that inflates beyond 64 MB is refused, an ordinary one is decoded", async () => {
  const sealed = (bytes: Buffer) => Buffer.concat([Buffer.from([2]), deflateSync(bytes)]);
  const bomb = sealed(Buffer.concat([nested(3), Buffer.alloc(80 * 1024 * 1024)]));
  expect((await ours.decodeBinaryNode(sealed(nested(3)))).tag).toBe("iq");
  await expect(ours.decodeBinaryNode(bomb)).rejects.toThrow("larger than");
  expect((await theirs.decodeBinaryNode(bomb)).tag).toBe("iq");
});

test("history that inflates beyond 256 MB is refused", async () => {
  const bomb = deflateSync(Buffer.alloc(257 * 1024 * 1024));
  const notice = { initialHistBootstrapInlinePayload: bomb };
  await expect(ours.downloadAndProcessHistorySyncNotification(notice, {})).rejects.toThrow("larger than");
  await expect(theirs.downloadAndProcessHistorySyncNotification(notice, {})).resolves.toBeDefined();
});

interface Acks {
  buildAckStanza: (node: ours.BinaryNode, error: number) => ours.BinaryNode;
}

test("a message is acknowledged and never refused; other stanzas may be", async () => {
  const file = "@whiskeysockets/baileys/lib/Utils/stanza-ack.js";
  const [mine, stocks] = await Promise.all([import(file) as Promise<Acks>, stock<Acks>(file)]);
  const error = ({ buildAckStanza }: Acks, tag: string) =>
    buildAckStanza({ tag, attrs: { id: "1", from: "a" } }, 500).attrs.error;
  expect([error(mine, "message"), error(mine, "call")]).toEqual([undefined, "500"]);
  expect(error(stocks, "message")).toBe("500");
});

test("what goes on after a transaction is over writes by itself", async () => {
  const kept = async ({ addTransactionCapability }: typeof ours) => {
    const stored: string[] = [];
    const keys = {
      get: async () => ({}),
      set: async (data: ours.SignalDataSet) => void stored.push(...Object.keys(data.tctoken ?? {})),
    };
    const options = { maxCommitRetries: 1, delayBetweenTriesMs: 0 };
    const store = addTransactionCapability(keys, silence, options);
    const over = Promise.withResolvers<void>();
    let late = Promise.resolve();
    await store.transaction(async () => {
      late = over.promise.then(() => store.set({ tctoken: { ann: null } }));
    }, "me");
    over.resolve();
    await late;
    return stored;
  };
  expect([await kept(ours), await kept(theirs)]).toEqual([["ann"], []]);
});

test("a question that waits for its answer keeps no stack", async () => {
  const kept = async ({ promiseTimeout }: typeof ours) => {
    const error: unknown = await promiseTimeout(1, () => {}).catch((error: unknown) => error);
    return (error as { data: { stack: string } | null }).data?.stack ?? null;
  };
  expect([await kept(ours), await kept(theirs)]).toEqual([null, expect.stringContaining("promiseTimeout")]);
});

type MakeRepository = ours.SocketConfig["makeSignalRepository"];

/** Somebody who can be written to. */
async function correspondent(
  { addTransactionCapability, initAuthCreds, ...baileys }: typeof ours,
  repository: MakeRepository,
  jid: string,
) {
  const creds = initAuthCreds();
  const kept = new Map<string, unknown>();
  const store = {
    get: async (type: string, ids: string[]) =>
      Object.fromEntries(ids.flatMap((id) => (kept.has(type + id) ? [[id, kept.get(type + id)]] : []))) as never,
    set: async (data: ours.SignalDataSet) => {
      for (const [type, all] of Object.entries(data))
        for (const [id, value] of Object.entries(all)) kept.set(type + id, structuredClone(value));
    },
  };
  const keys = addTransactionCapability(store, silence, { maxCommitRetries: 1, delayBetweenTriesMs: 0 });
  const { keyId, keyPair, signature } = creds.signedPreKey;
  const pub = (key: Uint8Array) => Buffer.from(baileys.generateSignalPubKey(key));
  /** What somebody needs who begins a session; each uses up a key. */
  const bundle = async (id: number) => {
    const preKey = baileys.Curve.generateKeyPair();
    await keys.set({ "pre-key": { [id]: preKey } });
    return {
      registrationId: creds.registrationId,
      identityKey: pub(creds.signedIdentityKey.public),
      signedPreKey: { keyId, publicKey: pub(keyPair.public), signature: Buffer.from(signature) },
      preKey: { keyId: id, publicKey: pub(preKey.public) },
    };
  };
  return { jid, bundle, signal: repository({ creds, keys }, silence) };
}

// The fuzz and the clients of the simulator's tests run on libsignal still.
test("a message of an older session leaves libsignal's newer one as it was", async () => {
  const understood = async (baileys: typeof ours, repository: unknown) => {
    const [ann, bob] = [
      await correspondent(baileys, repository as MakeRepository, "1@s.whatsapp.net"),
      await correspondent(baileys, repository as MakeRepository, "2@s.whatsapp.net"),
    ];
    type Party = typeof ann;
    const begins = async ({ signal }: Party, { jid, bundle }: Party, id: number) =>
      signal.injectE2ESession({ jid, session: await bundle(id) });
    const says = ({ signal }: Party, { jid }: Party, text: string) =>
      signal.encryptMessage({ jid, data: Buffer.from(text) });
    const hears = async ({ signal }: Party, { jid }: Party, said: ReturnType<typeof says>) =>
      String(await signal.decryptMessage({ jid, ...(await said) }));
    await begins(bob, ann, 1);
    await hears(ann, bob, says(bob, ann, "one"));
    for (const now = Date.now(); Date.now() === now;); // the newer one is known by its time
    await begins(bob, ann, 2);
    const two = says(bob, ann, "two");
    await hears(bob, ann, says(ann, bob, "three, which does not know of the second yet"));
    await hears(ann, bob, two);
    return hears(bob, ann, says(ann, bob, "four")).catch((error: unknown) => error);
  };
  expect(await understood(ours, makeLibSignalRepository)).toBe("four");
  const loud = [spyOn(console, "error"), spyOn(console, "warn"), spyOn(console, "info")];
  for (const spy of loud) spy.mockImplementation(() => {});
  const misunderstood = await understood(theirs, theirs.DEFAULT_CONNECTION_CONFIG.makeSignalRepository).finally(() =>
    loud.forEach((spy) => spy.mockRestore()),
  );
  expect(misunderstood).toMatchObject({ message: "No matching sessions found for message" });
});

interface Signal {
  SessionRecord: { new (): { closeSession(session: object): void } };
}

test("libsignal prints no keys when it closes a session", async () => {
  const said = spyOn(console, "info").mockImplementation(() => {});
  try {
    const close = (signal: { default: Signal }) =>
      new signal.default.SessionRecord().closeSession({ indexInfo: { closed: -1 }, privKey: "a secret" });
    close((await import("libsignal")) as unknown as { default: Signal });
    expect(said.mock.calls).toEqual([]);
    close(await stock("libsignal/index.js"));
    expect(JSON.stringify(said.mock.calls)).toContain("a secret");
  } finally {
    said.mockRestore();
  }
});

const patch = `diff --git a/one.js b/one.js
--- a/one.js
+++ b/one.js
@@ -1,3 +1,3 @@
 first
-second
+2nd
 third
@@ -9,2 +9,3 @@
 ninth
+added
 tenth
`;

test("a patch is taken off a file line by line, and only off the file that it made", () => {
  const hunks = hunksOf(patch).get("one.js") ?? [];
  const now = ["first", "2nd", "third", "", "", "", "", "", "ninth", "added", "tenth", ""].join("\n");
  expect(unpatched(now, hunks)).toBe(now.replace("2nd", "second").replace("added\n", ""));
  expect(() => unpatched(now.replace("added", "other"), hunks)).toThrow("line 9 is not as the patch left it");
});
