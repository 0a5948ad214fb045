import { expect, test } from "bun:test";
import { join } from "node:path";
import { waitReasons } from "../../src/core/model/waiting.ts";
import { adminKey } from "../harness.ts";
import { day, lock, world } from "../sending/world.ts";

const page = await Bun.file(join(import.meta.dir, "../../docs/sending.md")).text();
const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? "");
// What the command line does has tests of its own.
const [send = "", forced = "", later = "", many = ""] = blocks.filter((block) => !block.startsWith("merpati "));

test("the page names every reason to wait", () => {
  const named = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, reason]) => reason ?? "");
  expect(named.filter((reason) => reason !== "reason")).toEqual([...waitReasons]);
});

test("the page's calls do what it says", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await lock(bot, clock.now() + day);
  bot.contact("628123456789", "Ann");
  const now = String(Math.floor(clock.now() / 1000));
  const run = async (block: string, id = "") => {
    const env = { ...process.env, URL: bot.url, KEY: adminKey, ID: id, NOW: now };
    const child = Bun.spawn(["bash", "-euo", "pipefail", "-c", block], { env, stdout: "pipe" });
    const text = await new Response(child.stdout).text();
    expect(await child.exited).toBe(0);
    return text.split(/(?<=\})(?=\{)/).map((answer) => JSON.parse(answer) as { data: Record<string, unknown> });
  };
  const [sent] = await run(send);
  expect(sent?.data).toMatchObject({ status: "waiting", reason: "time_locked" });
  const [again] = await run(send);
  expect(again?.data["message_id"]).toBe(sent?.data["message_id"]);
  const [list, released] = await run(forced.split("\n").slice(0, 2).join("\n"), String(sent?.data["message_id"]));
  expect(list?.data).toMatchObject([{ message_id: sent?.data["message_id"] }]);
  expect(released?.data["status"]).toBe("queued");
  const { id } = await bot.device.outbox.send({ to: "628123456780", content: { kind: "text", text: "hello" } });
  const [cancelled] = await run(forced.split("\n")[2] ?? "", id);
  expect(cancelled?.data["status"]).toBe("cancelled");
  const [retried, failed] = await run(forced.split("\n").slice(3).join("\n"), id);
  expect(retried?.data).toMatchObject({ status: "waiting", reason: "time_locked", content: { text: "hello" } });
  expect(failed).toMatchObject({ data: [], cursor: null });

  const [planned, schedule] = await run(later.split("\n").slice(0, 3).join("\n"));
  expect(planned?.data).toMatchObject({ status: "waiting", reason: "scheduled" });
  expect(schedule?.data).toMatchObject([{ message_id: planned?.data["message_id"] }]);
  const [moved] = await run(later.split("\n").slice(3).join("\n"), String(planned?.data["message_id"]));
  expect(moved?.data["release_at"]).toBe(Number(planned?.data["release_at"]) - 3600);

  const [letters, progress, parts, taken] = await run(many);
  expect(letters?.data).toMatchObject({ status: "running", total: 2 });
  expect(progress?.data).toMatchObject({ status: "running", total: 2, counts: { waiting: 2 } });
  expect(parts?.data).toMatchObject([{ reason: "time_locked" }, { reason: "scheduled" }]);
  expect(taken?.data).toMatchObject({
    status: expect.stringMatching(/^cancell(ing|ed)$/), // it was small
    counts: { cancelled: 2 },
  });
});
