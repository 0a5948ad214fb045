import { afterEach, beforeEach, expect, test } from "bun:test";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import type { Phone, Simulator } from "../../src/simulator/index.ts";
import { Client, failure } from "./client.ts";

let sim: Simulator;
let client: Client;
let phone: Phone;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  phone = sim.phone("6281100000001");
  client = new Client(sim);
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

function notified(type: string): Promise<BinaryNode> {
  return new Promise((resolve) => client.socket.ws.on(`CB:notification,type:${type}`, resolve));
}

/** Shows a QR with another secret, as a program over Baileys does when the server retires the former. */
function withNewSecret(qr: string): string {
  const secret = Buffer.alloc(32, 7).toString("base64");
  client.auth.creds.advSecretKey = secret;
  const parts = qr.split(",");
  parts[3] = secret;
  return parts.join(",");
}

test("the secret of the QR is retired on scanning; the new one links", async () => {
  const qr = await client.shownQr();
  const told = notified("companion_reg_refresh");
  sim.linking.next("refresh-secret");
  expect(await failure(phone.scan(qr))).toContain("retired");
  await told;
  expect(await failure(phone.scan(qr))).toContain("retired");
  await phone.scan(withNewSecret(qr));
  await client.opened();
});

test.each(["companion_reg_refresh", "pair-device-rotate-qr"] as const)(
  "all secrets are retired at once by %s",
  async (child) => {
    await client.shownQr();
    const told = notified("companion_reg_refresh");
    expect(sim.linking.refreshSecrets(child)).toHaveLength(1);
    expect((await told).content).toMatchObject([{ tag: child }]);
  },
);

test("the pairing code is retired, the new one links", async () => {
  await client.shownQr();
  const code = await client.socket.requestPairingCode(phone.number);
  await sim.until(() => sim.network.pairings.codes.size === 1);
  const told = notified("link_code_companion_reg");
  sim.linking.next("refresh-code");
  expect(await failure(phone.enterCode(code))).toContain("retired");
  expect(JSON.stringify(await told)).toContain("refresh_code");
  await phone.enterCode(await client.socket.requestPairingCode(phone.number));
  await client.opened();
});

test.each(["embedded", "text", "absent", "malformed"] as const)(
  "a passkey is demanded by scan, its options %s",
  async (passkeyOptions) => {
    const qr = await client.shownQr();
    const told = notified("passkey_prologue_request");
    sim.linking.next("passkey", { passkeyOptions });
    expect(await failure(phone.scan(qr))).toContain("demands a passkey");
    const { attrs, content } = await told;
    expect(attrs).toMatchObject({ from: "@s.whatsapp.net", type: "passkey_prologue_request" });
    expect(Array.isArray(content)).toBe(passkeyOptions !== "absent");
    expect(phone.linkedDevices()).toEqual([]);
  },
);

test("a passkey is demanded after the code", async () => {
  await client.shownQr();
  const code = await client.socket.requestPairingCode(phone.number);
  const told = notified("passkey_prologue_request");
  sim.linking.next("passkey");
  expect(await failure(phone.enterCode(code))).toContain("demands a passkey");
  await told;
});

test("the phone accepts and nothing comes of it", async () => {
  sim.linking.next("silence");
  expect(await failure(phone.scan(await client.shownQr()))).toContain("nothing came of it");
  expect(client.auth.creds.me).toBeUndefined();
});

test("an aborted code attempt leaves nothing behind: the half-made login is refused, a fresh attempt links", async () => {
  await client.shownQr();
  await client.socket.requestPairingCode(phone.number);
  await sim.until("code.requested");
  await client.disconnect();
  client.connect();
  expect((await client.ended()).code).toBe(401);
  client = new Client(sim);
  await client.shownQr();
  await phone.enterCode(await client.socket.requestPairingCode(phone.number));
  await client.opened();
});

test.each([
  [["Mac OS", "Chrome", "14"], null],
  [["Merpati", "Chrome", "1"], "400"],
  [["Ubuntu", "Merpati", "1"], "400"],
] as const)("a pairing code for a client that calls itself %j", async (browser, refused) => {
  client = new Client(sim, { browser: [...browser] });
  await client.shownQr();
  const answered = new Promise<BinaryNode>((resolve) =>
    client.socket.ws.on(
      "frame",
      (node: BinaryNode) => node.tag === "iq" && node.attrs["type"] !== "set" && resolve(node),
    ),
  );
  await client.socket.requestPairingCode(phone.number);
  const { attrs, content } = await answered;
  expect(attrs["type"]).toBe(refused ? "error" : "result");
  if (refused) expect(content).toMatchObject([{ tag: "error", attrs: { code: refused } }]);
});
