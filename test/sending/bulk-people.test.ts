import { afterAll, beforeAll, expect, test } from "bun:test";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { WoundClock } from "../clock.ts";

const clock = new WoundClock();
let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ stands: { clock } });
  await bot.link();
});
afterAll(async () => {
  bot.sim.assertNoProblems();
  await bot[Symbol.asyncDispose]();
});

interface Answer {
  status: number;
  data: { bulk_id: string; counts: Record<string, number> };
  error?: string;
}

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const answer = await bot.call(method, `/v1/devices/default/bulk${path}`, body);
  return { status: answer.status, ...((await answer.json()) as Omit<Answer, "status">) };
}
const refused = async (to: string[]) => {
  const { status, error } = await call("POST", "", { to, text: "to all" });
  return [status, error];
};

test("two forms of one number, and a username beside its number, are one person before anything leaves", async () => {
  const [joao, gita] = [bot.contact("551188887701", "João"), bot.contact("628999000401", "Gita")];
  joao.isAlsoFoundBy("5511988887701");
  gita.goesBy("gita");
  const twice = [400, '"to.1" is the same as "to.0": name everybody once.'];
  expect(await refused(["5511988887701", joao.number])).toEqual(twice);
  expect(await refused(["@gita", gita.number])).toEqual(twice);
  expect(await refused([gita.number, "@gita"])).toEqual(twice);
  // Who only looks alike is somebody else.
  const other = bot.contact("551288887701", "Other");
  expect((await call("POST", "", { to: [joao.number, other.number], text: "to two" })).status).toBe(202);
  for (const one of [joao, other]) await one.hears("to two");
});

test("who turns out to be somebody else gets one message, also behind a restart; the second says why", async () => {
  const ann = bot.contact();
  ann.isAlsoFoundBy("6281239456789");
  ann.isAlsoFoundBy("6281239456700");
  const fails = (id: string) => bot.next("message.failed", ({ data }) => data.bulk_id === id);
  const why = async (id: string) => {
    const url = `${bot.url}/v1/devices/default/bulk/${id}/messages`;
    const { data } = (await (await fetch(url, { headers: { "x-api-key": adminKey } })).json()) as {
      data: { status: string; reason: string | null }[];
    };
    return data.map(({ status, reason }) => `${status === "failed" ? status : "sent"} ${reason}`).toSorted();
  };
  const one = await call("POST", "", { to: ["6281239456789", ann.number], text: "once" });
  expect(one.status).toBe(202);
  expect((await fails(one.data.bulk_id)).data).toMatchObject({ code: "same_person" });
  await ann.hears("once");
  expect(await why(one.data.bulk_id)).toEqual(["failed same_person", "sent null"]);

  const later = await call("POST", "", { to: [ann.number, "6281239456700"], text: "twice?", interval: 3_600 });
  expect(later.status).toBe(202);
  await ann.hears("twice?");
  await bot.restart();
  await bot.connected();
  clock.wind(3_601_000);
  expect((await fails(later.data.bulk_id)).data).toMatchObject({ code: "same_person" });
  expect(await why(later.data.bulk_id)).toEqual(["failed same_person", "sent null"]);
  // Messages of their own may go to one person twice.
  const own = { messages: [ann.number, "6281239456789"].map((to) => ({ to, text: `own ${to}` })) };
  expect((await call("POST", "", own)).status).toBe(202);
  for (const to of [ann.number, "6281239456789"]) await ann.hears(`own ${to}`);
}, 20_000);
