import { expect, test } from "bun:test";
import { startMarch2026 } from "./march-2026.ts";
import { linkedClient } from "./client.ts";

test("ten clients at once, each with its own phone: everyone gets what is theirs", async () => {
  const sim = await startMarch2026({ seed: 1 });
  const numbers = Array.from({ length: 10 }, (_, at) => `62811000000${10 + at}`);
  const clients = await Promise.all(numbers.map((number) => linkedClient(sim, number)));
  const ann = sim.contact("628123456789", { name: "Ann" });
  await Promise.all(
    numbers.map((number) =>
      ann.saysMany(
        ["one", "two", "three"].map((text) => `${text} for ${number}`),
        { to: number },
      ),
    ),
  );
  await Promise.all(clients.map((client, at) => client.received(`three for ${numbers[at]}`)));
  for (const [at, client] of clients.entries())
    expect(client.texts).toEqual(["one", "two", "three"].map((text) => `${text} for ${numbers[at]}`));
  await Promise.all(clients.map((client, at) => client.socket.sendMessage(ann.jid, { text: `from ${numbers[at]}` })));
  for (const number of numbers) await ann.hears(`from ${number}`);
  const group = sim.group("All", sim.phones);
  await clients[0]?.socket.sendMessage(group.id, { text: "to all" });
  await Promise.all(clients.slice(1).map((client) => client.received("to all")));
  await sim.until(() => sim.record.unsettled("message").length === 0);
  sim.assertNoProblems();
  await Promise.all(clients.map((client) => client.disconnect()));
  await sim.stop();
}, 30_000);

test("two clients linked to one phone: both get messages, and each other's copies", async () => {
  const sim = await startMarch2026({ seed: 2 });
  const first = await linkedClient(sim, "6281100000001");
  const second = await linkedClient(sim, "6281100000001");
  const ann = sim.contact("628123456789", { name: "Ann" });
  await ann.says("to both");
  await Promise.all([first.received("to both"), second.received("to both")]);
  await first.socket.sendMessage(ann.jid, { text: "answered by the first" });
  await ann.hears("answered by the first");
  expect((await second.received("answered by the first")).key).toMatchObject({ fromMe: true, remoteJid: ann.jid });
  await sim.phone("6281100000001").unlink("6281100000001:1@s.whatsapp.net");
  expect((await first.ended()).code).toBe(401);
  await ann.says("still there?");
  await second.received("still there?");
  sim.assertNoProblems();
  await second.disconnect();
  await sim.stop();
});
