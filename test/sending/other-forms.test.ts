import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";

const accounts = ["migrated", "not-migrated"] as const;
const nobody = "5511900000000";
const notThere = "WhatsApp knows no account by this number.";

describe.each(accounts)("of an account that is %s", (account) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startBot({ simulator: { accounts: account } });
    await bot.link();
  });
  afterAll(async () => {
    bot.sim.assertNoProblems();
    await bot[Symbol.asyncDispose]();
  });

  let count = 0;
  /** Somebody whose account goes by eight digits, and the nine that people write. */
  function brazilian() {
    const place = String((count += 1)).padStart(2, "0");
    const person = bot.contact(`5511889999${place}`, `Brasil ${place}`);
    const written = `55119889999${place}`;
    person.isAlsoFoundBy(written);
    return { person, written };
  }

  async function call(method: string, path: string, body: object) {
    const answer = await bot.call(method, `/v1/devices/default${path}`, body);
    return { status: answer.status, ...((await answer.json()) as { data: never; error?: string; rows?: unknown }) };
  }

  test("members of a new group are found by a number in another form, and unknown ones named", async () => {
    const { person, written } = brazilian();
    const { data } = await call("POST", "/groups", { subject: "Praia", members: [written, nobody] });
    const { members, refused } = data as { members: { phone: string }[]; refused: unknown };
    expect(members.map(({ phone }) => phone).toSorted()).toEqual([person.number, bot.phone.number].toSorted());
    expect(refused).toMatchObject([{ phone: nobody, ok: false, code: 404, reason: notThere }]);
    const empty = await call("POST", "/groups", { subject: "Empty", members: [nobody] });
    expect([empty.status, empty.error]).toEqual([422, expect.stringContaining(nobody)]);
  });

  test("so are those that are added and removed", async () => {
    const { person, written } = brazilian();
    const group = bot.sim.group("Festa", [bot.phone]);
    const change = (action: string, members: string[]) =>
      call("POST", `/groups/${group.id}/members`, { action, members });
    expect((await change("add", [written, nobody])).data).toEqual([
      expect.objectContaining({ phone: person.number, lid: person.lid, ok: true, code: 200 }),
      expect.objectContaining({ phone: nobody, ok: false, code: 404, reason: notThere }),
    ] as never);
    expect((await change("remove", [written])).data).toMatchObject([{ lid: person.lid, ok: true }]);
  });

  test("who is mentioned is called as the chat knows them, in the list and in the words", async () => {
    const { person, written } = brazilian();
    const ann = bot.contact();
    const group = bot.sim.group("Carnaval", [bot.phone, ann, person]);
    const sent = await call("POST", "/messages", { to: group.id, text: `hi @${written}`, mentions: [written] });
    expect(sent.status).toBe(202);
    const { message } = await ann.hears(({ text }) => text?.startsWith("hi @") ?? false);
    const [named = ""] = message.extendedTextMessage?.contextInfo?.mentionedJid ?? [];
    expect([person.jid, person.lid]).toContain(named);
    expect(message.extendedTextMessage?.text).toBe(`hi @${named.split("@")[0] ?? ""}`);
    expect(await call("POST", "/messages", { to: group.id, text: "hi", mentions: [written, nobody] })).toMatchObject({
      status: 422,
      error: `"mentions.1": ${notThere}`,
    });
  });

  test("who is mentioned in both forms is mentioned once, and the words name them alike", async () => {
    const { person, written } = brazilian();
    const ann = bot.contact();
    const group = bot.sim.group("Bloco", [bot.phone, ann, person]);
    for (const mentions of [
      [written, person.number],
      [person.number, written],
    ]) {
      const text = `both @${written} and @${person.number}, ${mentions[0]}`;
      expect((await call("POST", "/messages", { to: group.id, text, mentions })).status).toBe(202);
      const { message } = await ann.hears((one) => one.text?.endsWith(`, ${mentions[0]}`) ?? false);
      const { contextInfo, text: said } = message.extendedTextMessage ?? {};
      expect(contextInfo?.mentionedJid).toHaveLength(1);
      const [name = ""] = contextInfo?.mentionedJid?.[0]?.split("@") ?? [];
      expect(said).toBe(`both @${name} and @${name}, ${mentions[0]}`);
    }
  });

  test("a status post reaches whom its list names in another form, and is refused for nobody", async () => {
    const { person, written } = brazilian();
    const post = { to: "status@broadcast", text: `for ${written}` };
    expect((await call("POST", "/messages", { ...post, audience: [written] })).status).toBe(202);
    await person.hears(`for ${written}`);
    expect(await call("POST", "/messages", { ...post, audience: [nobody, written, "5511900000001"] })).toMatchObject({
      status: 422,
      error: `"audience.0": ${notThere} 1 more of these: "rows" names them.`,
      rows: [{ field: "audience.0" }, { field: "audience.2" }],
    });
  });
});
