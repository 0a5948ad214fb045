import { expect, test } from "bun:test";
import { startBot } from "./harness.ts";

test("links by QR, receives, forwards, sends, survives a restart, and logs out", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();

  const sent = await ann.says("hello", { to: bot.phone });
  const received = await bot.receiver.next("message.received");
  expect(received.data).toMatchObject({
    id: sent.id,
    chat: ann.jid,
    sender: ann.jid,
    sender_phone: "628123456789",
    from_me: false,
    is_group: false,
    push_name: "Ann",
    content: { kind: "text", text: "hello" },
  });
  await sent.receipted();

  const answer = await bot.call("POST", "/v1/devices/default/messages", { to: "628123456789", text: "hi Ann" });
  expect(answer.status).toBe(202);
  const heard = await ann.hears("hi Ann");
  const { data } = await bot.receiver.next("message.sent");
  expect(data.id).toBe(heard.id);
  heard.read();
  await bot.receiver.next("message.status", (event) => event.data.status === "read");

  await bot.stop();
  const missed = await ann.says("are you there?", { to: bot.phone });
  await bot.start();
  await bot.receiver.next("message.received", (event) => event.data.id === missed.id);
  await bot.connected();

  await bot.device.logout();
  expect(bot.phone.linkedDevices()).toEqual([]);
  await bot.receiver.next("device.logged_out");
  bot.sim.assertNoProblems();
});

test("a number without WhatsApp gets no code that could never work", async () => {
  await using bot = await startBot();
  const asked = bot.device.pairingCode("6289999999999");
  expect(await asked.catch((failure) => failure.message)).toContain("gives no pairing code for this number (404)");
  expect(bot.device.status()).toMatchObject({ phase: "pairing", pairingCode: null });
});

test("links by pairing code", async () => {
  await using bot = await startBot();
  expect(bot.phone.number).toBe("6281100000001");
  const { code } = await bot.device.pairingCode("6281100000001");
  await bot.phone.enterCode(code);
  await bot.connected();
  expect(bot.device.status().account?.jid).toBe("6281100000001@s.whatsapp.net");
  bot.sim.assertNoProblems();
});

test("boots straight into a pairing code", async () => {
  await using bot = await startBot({ env: { USE_PAIRING_CODE: "true", PHONE_NUMBER: "6281100000001" } });
  expect(bot.phone.number).toBe("6281100000001");
  const { data } = await bot.next("device.pairing_code");
  await bot.phone.enterCode(data.pairing_code);
  await bot.connected();
});
