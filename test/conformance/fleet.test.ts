import { expect, test } from "bun:test";
import { is } from "../../src/core/model/events/events.ts";
import { startBot } from "../harness.ts";

const names = ["default", "shop", "support", "sales"];

test("several devices in one process: nothing crosses over, and one's trouble is its own", async () => {
  await using bot = await startBot();
  const ann = bot.contact();
  const phones = new Map(names.map((id, place) => [id, bot.sim.phone(`6281100000${place}01`)]));
  const device = (id: string) => bot.workspace.device(id);
  const connected = (ids: readonly string[]) =>
    bot.until(() => ids.every((id) => device(id).status().phase === "connected"), `${ids.join()} to be connected`);

  for (const [id, phone] of phones) {
    const { qr } = await (await bot.workspace.createDevice(id)).qr();
    await phone.scan(qr);
  }
  await connected(names);

  await Promise.all([...phones].map(([id, phone]) => ann.says(`to ${id}`, { to: phone })));
  const heard = () =>
    bot.events.flatMap((event) =>
      is(event, "message.received") && "text" in event.data.content
        ? [`${event.device}: ${event.data.content.text}`]
        : [],
    );
  await bot.until(() => heard().length === names.length, "all messages");
  expect(heard().sort()).toEqual(names.map((id) => `${id}: to ${id}`).sort());

  for (const [id, phone] of phones) {
    await device(id).outbox.send({ to: ann.number, content: { kind: "text", text: `from ${id}` } });
    expect((await ann.hears(`from ${id}`)).from).toBe(phone.lid);
  }

  await phones.get("shop")?.unlink();
  await bot.until(() => device("shop").status().phase === "logged_out", "the shop to be unlinked");
  expect(device("shop").status().reason).toBe("revoked");
  const others = names.filter((id) => id !== "shop");
  expect(others.map((id) => device(id).status().phase)).toEqual(others.map(() => "connected"));

  await bot.restart();
  await connected(others);
  expect(device("shop").status().account).toBeNull();
  bot.sim.assertNoProblems();
});

test("a tenant's limit holds when it asks for many devices at once", async () => {
  await using bot = await startBot();
  await bot.call("POST", "/v1/admin/tenants", { id: "small", device_limit: 2 });
  const made = await bot.call("POST", "/v1/admin/keys", {
    tenant: "small",
    name: "theirs",
    scopes: ["read", "send", "manage"],
  });
  const { data } = (await made.json()) as { data: { key: string } };
  const start = (id: string) =>
    fetch(`${bot.url}/api/devices/${id}/start`, { method: "POST", headers: { "x-api-key": data.key } });
  const statuses = await Promise.all(["a", "b", "c", "d"].map(async (id) => (await start(id)).status));
  expect(statuses.sort((a, b) => a - b)).toEqual([200, 200, 409, 409]);
  expect(bot.tenant("small").devices().length).toBe(2);
});
