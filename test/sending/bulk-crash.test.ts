import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Subject } from "../crash/subject.ts";
import { Receiver } from "../receiver.ts";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { strangers } from "./world.ts";

const key = "test-key-of-the-admin-0123456789";

test("kill -9 in the middle of a bulk, twice: nobody is left out, nobody hears it twice, its end is told", async () => {
  const sim = await startBotSimulator({ seed: 11 });
  const receiver = new Receiver();
  const folder = mkdtempSync(join(tmpdir(), "merpati-bulk-"));
  const subject = new Subject("./bot.ts", {
    PORT: "0",
    HOST: "127.0.0.1",
    API_KEY: key,
    SESSIONS_DIR: folder,
    PLUGINS_DIR: join(folder, "plugins"),
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    WEBHOOK_URL: receiver.url,
    WEBHOOK_EVENTS: "bulk.done,device.qr,device.connected",
    SENDING: "off",
    LOG_LEVEL: "silent",
  });
  try {
    const phone = sim.phone("6281100000001", { name: "Budi" });
    const people = strangers(200).map((number) => sim.contact(number, { name: "Stranger" }));
    await subject.start();
    const asked = await fetch(`${subject.url}/connection/qr`, { headers: { "x-api-key": key } });
    await phone.scan(((await asked.json()) as { data: { qrCode: string } }).data.qrCode);
    await receiver.next("device.connected");

    const headers = { "x-api-key": key, "content-type": "application/json", "idempotency-key": "bulk-1" };
    const body = JSON.stringify({ to: people.map(({ number }) => number), text: "Hello" });
    const post = async () => {
      const answer = await fetch(`${subject.url}/v1/devices/default/bulk`, { method: "POST", headers, body });
      return ((await answer.json()) as { data: { bulk_id: string; counts: Record<string, number> } }).data;
    };
    const sent = (count: number) => sim.until(() => sim.record.outgoing().length >= count);
    const middle = sent(20);
    const { bulk_id: id } = await post();
    await middle;
    await subject.kill();
    expect(sim.record.outgoing().length).toBeLessThan(200);
    await subject.start();
    // As a careful client does that does not know what became of its call.
    expect((await post()).bulk_id).toBe(id);
    await sent(80);
    await subject.kill();
    expect(sim.record.outgoing().length).toBeLessThan(200);
    await subject.start();

    const { data } = await receiver.next("bulk.done");
    expect(data).toMatchObject({ bulk_id: id, total: 200, cancelled: false, counts: { queued: 0, failed: 0 } });
    for (const person of people) expect((await person.hears("Hello")).text).toBe("Hello");
    expect(people.map(({ inbox }) => inbox.length)).toEqual(people.map(() => 1));
    const ids = people.map(({ inbox }) => inbox[0]?.id ?? "");
    const seen = sim.record.outgoing();
    expect(new Set(seen.map((one) => one.id))).toEqual(new Set(ids));
    expect(receiver.events.filter(({ type }) => type === "bulk.done")).toHaveLength(1);
    const answer = await fetch(`${subject.url}/v1/devices/default/bulk/${id}`, { headers });
    const { counts } = ((await answer.json()) as { data: { counts: Record<string, number> } }).data;
    expect((counts["sent"] ?? 0) + (counts["delivered"] ?? 0)).toBe(200);
    sim.assertNoProblems();
  } finally {
    await subject.kill();
    await sim.stop();
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
