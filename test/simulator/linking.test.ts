import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { WA_CERT_DETAILS } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import type { Simulator } from "../../src/simulator/index.ts";
import { Client, failure, linkedClient } from "./client.ts";

const NUMBER = "6281100000001";
let sim: Simulator;
beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
});
afterEach(() => sim.stop());

async function codeClient(): Promise<{ client: Client; code: string }> {
  const client = new Client(sim);
  await client.shownQr();
  return { client, code: await client.socket.requestPairingCode(NUMBER) };
}

describe("by QR", () => {
  test("a QR is scanned and the client reaches open", async () => {
    const client = await linkedClient(sim, NUMBER);
    expect(client.auth.creds.me?.id).toBe(`${NUMBER}:1@s.whatsapp.net`);
    expect(client.auth.creds.me?.lid).toBe(sim.phone(NUMBER).linkedDevices()[0]?.lid);
    // 812 were uploaded, and the phone took one to send its keys and history.
    expect(sim.phone(NUMBER).linkedDevices()).toMatchObject([{ id: 1, online: true, preKeys: 811 }]);
    await client.disconnect();
    sim.assertNoProblems();
  });

  test("the phone's name, history and app state key arrive after the first login", async () => {
    const ann = sim.contact("628123456789", { name: "Ann" });
    const phone = sim.phone(NUMBER, { name: "Budi" });
    await ann.says("before you were linked", { to: phone });
    const client = await linkedClient(sim, NUMBER);
    await client.until(() => client.auth.creds.me?.name === "Budi", "the account's name");
    await client.until(() => client.auth.creds.myAppStateKeyId, "the app state key");
    const history = await client.until(
      () => client.events.find((one) => one.name === "messaging-history.set"),
      "history",
    );
    expect(JSON.stringify(history.data)).toContain("before you were linked");
    await client.disconnect();
  });

  test("a QR that nobody shows, a spent one, an expired one and no QR at all are refused in words", async () => {
    const phone = sim.phone(NUMBER);
    const client = new Client(sim);
    const qr = await client.shownQr();
    expect(await failure(phone.scan("hello"))).toContain("this is no QR code of WhatsApp");
    expect(await failure(phone.scan(qr.replace("#2@", "#2@x")))).toContain("no connected client shows this QR code");
    await phone.scan(qr);
    expect(await failure(phone.scan(qr))).toContain("no connected client shows this QR code");
    await client.disconnect();

    const short = await startMarch2026({ seed: 2, refLifetimeMs: [-1, 0] });
    const late = new Client(short);
    const shown = await late.shownQr();
    expect(await failure(short.phone(NUMBER).scan(shown))).toContain("expired");
    await late.disconnect();
    await short.stop();
  });

  test.each(["hmac", "account-signature"] as const)("a client refuses a pairing with a forged %s", async (forgery) => {
    const client = new Client(sim);
    const scan = sim.phone(NUMBER).scan(await client.shownQr(), { forgery });
    expect(await failure(scan)).toContain("the client broke off the pairing");
    const { message } = await client.ended();
    expect(message).toMatch(forgery === "hmac" ? "Invalid account signature" : "Failed to verify account signature");
    expect(sim.phone(NUMBER).linkedDevices()).toEqual([]);
  });
});

describe("by code", () => {
  test("the code is typed, with a dash and in small letters, and the client reaches open", async () => {
    const phone = sim.phone(NUMBER);
    const { client, code } = await codeClient();
    await phone.enterCode(`${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase());
    await client.opened();
    expect(client.auth.creds.registered).toBe(true);
    await client.disconnect();
    sim.assertNoProblems();
  });

  test("a phone that types too early waits for the client to ask", async () => {
    const phone = sim.phone(NUMBER);
    const client = new Client(sim);
    await client.shownQr();
    const typed = phone.enterCode("ABCD-EFGH");
    await client.socket.requestPairingCode(NUMBER, "ABCDEFGH");
    await typed;
    await client.opened();
    await client.disconnect();
  });

  test("a wrong code links nothing", async () => {
    const phone = sim.phone(NUMBER);
    const { client } = await codeClient();
    expect(await failure(phone.enterCode("0OIU-0000"))).toContain("is no pairing code");
    expect(await failure(phone.enterCode("WRNG-C9DE"))).toContain("wrong pairing code");
    expect(phone.linkedDevices()).toEqual([]);
    await client.disconnect();
  });
});

describe("login", () => {
  test("a stolen account id without the Noise key is refused with 401", async () => {
    const client = await linkedClient(sim, NUMBER);
    await client.disconnect();
    const other = new Client(sim);
    await other.shownQr();
    await other.disconnect();
    other.auth.creds.me = { ...client.auth.creds.me!, name: "thief" };
    other.connect();
    expect((await other.ended()).code).toBe(401);
  });

  test("a second connection of the same device replaces the first", async () => {
    const client = await linkedClient(sim, NUMBER);
    const twin = new Client(sim, {}, client.auth);
    await twin.opened();
    expect((await client.ended()).code).toBe(440);
    await twin.disconnect();
  });

  test("the phone unlinks the companion, which cannot log in again", async () => {
    const client = await linkedClient(sim, NUMBER);
    await sim.phone(NUMBER).unlink();
    expect((await client.ended()).code).toBe(401);
    expect(sim.phone(NUMBER).linkedDevices()).toEqual([]);
    client.connect();
    expect((await client.ended()).code).toBe(401);
  });

  test("the companion logs out by itself", async () => {
    const client = await linkedClient(sim, NUMBER);
    const gone = sim.until("phone.unlinked");
    await client.socket.logout();
    expect(await gone).toMatchObject({ phone: NUMBER, by: "companion" });
    expect((await client.ended()).code).toBe(401);
    sim.assertNoProblems();
  });
});

describe("trust", () => {
  test("a client that trusts another root refuses the server", async () => {
    const client = new Client(sim);
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.alloc(32, 9);
    expect((await client.ended()).message).toContain("intermediate certificate signature invalid");
  });

  test("a client that trusts WhatsApp's own root refuses the server", async () => {
    const client = new Client(sim);
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b", "hex");
    expect((await client.ended()).message).toContain("intermediate certificate signature invalid");
  });
});
