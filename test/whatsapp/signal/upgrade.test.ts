import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { decodeSenderKeys } from "../../../src/whatsapp/signal/sender-key-record.ts";
import { SessionRecord } from "../../../src/whatsapp/signal/session-record.ts";
import { startBot, type TestBot } from "../../harness.ts";
import { saysText } from "../../faults/heard.ts";
import { toLibsignal, toLibsignalSenderKey } from "./libsignal-engine.ts";

interface Row {
  id: string;
  value: Uint8Array | string;
}

const keysOf = (bot: TestBot): Database => new Database(join(bot.folder, "merpati.sqlite"));

/** Every record as libsignal would have left it. Returns how many. */
function asLibsignal(db: Database): number {
  const rows = (type: string) => db.query<Row, [string]>("SELECT id, value FROM signal_key WHERE type = ?").all(type);
  const set = db.prepare("UPDATE signal_key SET value = ?3 WHERE type = ?1 AND id = ?2");
  const sessions = rows("session");
  for (const { id, value } of sessions) {
    const record = SessionRecord.read(value);
    const states = Array.from({ length: record.size }, (_, place) => record.at(place));
    set.run("session", id, toLibsignal(states, record.isOpen));
  }
  const senderKeys = rows("sender-key");
  for (const { id, value } of senderKeys)
    set.run("sender-key", id, Buffer.from(toLibsignalSenderKey(decodeSenderKeys(value))));
  return sessions.length + senderKeys.length;
}

/** Each of them is as `typeof(value)` has it, and begins with this byte. */
const firstBytes = (db: Database): string[] =>
  db
    .query<{ first: string }, []>(
      "SELECT DISTINCT hex(substr(CAST(value AS BLOB), 1, 1)) AS first FROM signal_key WHERE type IN ('session', 'sender-key')",
    )
    .all()
    .map(({ first }) => first)
    .sort();

test("records of libsignal go on in place: 200 messages both ways, none unreadable, in person and in a group", async () => {
  await using bot = await startBot();
  await bot.link();
  const [ann, ben] = [bot.contact(), bot.contact("628987654321", "Ben")];
  const group = bot.sim.group("Pigeons", [ann, ben, bot.phone]);
  let unread = 0;
  bot.sim.on(({ type }) => void (type === "message.undecryptable" && (unread += 1)));
  const round = async (name: string, count: number) => {
    for (let at = 0; at < count; at++) {
      await ann.says(`${name} to you ${at}`, { to: bot.phone });
      await ben.says(`${name} to all ${at}`, { to: group });
      await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: `${name} answer ${at}` } });
      await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: `${name} answer to all ${at}` } });
    }
    await ann.hears(`${name} answer to all ${count - 1}`);
    await ann.hears(`${name} answer ${count - 1}`);
    await bot.next("message.received", saysText(`${name} to you ${count - 1}`));
    await bot.next("message.received", saysText(`${name} to all ${count - 1}`));
  };
  await round("before", 3);
  await bot.stop();
  const db = keysOf(bot);
  expect(asLibsignal(db)).toBeGreaterThan(4);
  expect(firstBytes(db)).toEqual(["5B", "7B"]); // [ and {
  db.close();
  await bot.start();
  await bot.connected();
  await round("after", 50);
  await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  expect(unread + bot.events.filter(({ type }) => type === "message.undecryptable").length).toBe(0);
  expect(ann.inbox.filter(({ text }) => text?.startsWith("after answer"))).toHaveLength(100);
  await bot.stop();
  const after = keysOf(bot);
  expect(firstBytes(after)).toContain("01");
  after.close();
  bot.sim.assertNoProblems();
}, 60_000);
