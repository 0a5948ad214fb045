import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { el, type SimulatedPerson } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  bot.phone.makesLabel("1", "Paid", 1);
  await bot.link();
  await bot.next("label.updated");
});
afterAll(async () => {
  bot.sim.assertNoProblems();
  await bot[Symbol.asyncDispose]();
});

interface Said {
  id: string;
  sender: string;
  from_me: boolean;
  starred: boolean;
}

async function call<T = never>(method: string, path: string) {
  const answer = await bot.call(method, `/v1/devices/default${path}`);
  const { data, error } = (await answer.json()) as { data: T; error?: string };
  return { status: answer.status, data, error };
}
const shared = '"message" is an id that two messages of this chat share: say whose with "from_me" or "sender".';

/** Somebody says something under an id of somebody else's choosing, in a chat of two or in a group. */
async function reuses(id: string, who: SimulatedPerson, words: string, group?: string): Promise<void> {
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const from = group === undefined ? { from: who.lid, sender_pn: who.jid } : { from: group, participant: who.lid };
  const attrs = { ...from, id, t: "1796000000", type: "text", notify: "Eve" };
  bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(who.user.phone, device, { conversation: words })));
  await bot.next("message.received", ({ data }) => data.id === id && !data.from_me && data.sender_lid === who.lid);
}

async function says(to: string): Promise<string> {
  const { waId } = await bot.device.outbox.send({ to, content: { kind: "text", text: "Mine" } });
  await bot.next("message.sent", ({ data }) => data.id === waId);
  return waId;
}

describe("of two messages that share an id", () => {
  test("in a chat of two the one that is meant is starred, labelled and deleted", async () => {
    const eve = bot.contact("628120000009", "Eve");
    const id = await says(eve.number);
    await reuses(id, eve, "Hers");
    const at = `/chats/${eve.number}/messages/${id}`;
    const label = `/labels/1${at}`;
    const stars = async () =>
      (await call<Said[]>("GET", `/history/${id}`)).data.map(({ from_me: own, starred }) => [own, starred]);
    for (const [method, path] of [
      ["PUT", `${at}/star`],
      ["DELETE", `${at}/star`],
      ["DELETE", at],
      ["PUT", label],
      ["DELETE", label],
    ] as const)
      expect(await call(method, path)).toMatchObject({ status: 400, error: shared });
    expect((await call("PUT", `${at}/star?from_me=true`)).status).toBe(200);
    expect(await stars()).toEqual([
      [true, true],
      [false, false],
    ]);
    expect((await call("PUT", `${at}/star?sender=${eve.lid}`)).status).toBe(200);
    expect((await call("DELETE", `${at}/star?from_me=true`)).status).toBe(200);
    expect(await stars()).toEqual([
      [true, false],
      [false, true],
    ]);
    expect((await call("PUT", `${label}?from_me=true`)).status).toBe(200);
    const onPhone = (isOwn: "0" | "1") =>
      bot.phone.appState("regular").get(JSON.stringify(["label_message", "1", eve.lid, id, isOwn, "0"]));
    expect(onPhone("1")?.labelAssociationAction?.labeled).toBe(true);
    expect(onPhone("0")).toBeUndefined();
    const use = { chat: eve.jid, id };
    expect((await call("GET", "/labels/1")).data).toMatchObject({
      messages: [{ ...use, sender: null, from_me: true }],
    });
    expect((await call("PUT", `${label}?from_me=false`)).status).toBe(200);
    expect((await call("DELETE", `${label}?from_me=true`)).status).toBe(200);
    const left = [{ ...use, sender: eve.jid, from_me: false }];
    expect((await call("GET", "/labels/1")).data).toMatchObject({ messages: left });
    expect((await call("DELETE", `${at}?from_me=false`)).status).toBe(200);
    expect(await stars()).toEqual([[true, false]]);
    // One is left: no author is needed any more, and one who said nothing is not found.
    expect((await call("PUT", `${at}/star?sender=${eve.number}`)).status).toBe(404);
    expect((await call("PUT", `${at}/star`)).status).toBe(200);
  });

  test("in a group they are told apart by their senders, by either name", async () => {
    const [eve, fay] = [bot.contact("628120000009", "Eve"), bot.contact("628120000010", "Fay")];
    const group = bot.sim.group("Market", [eve, fay, bot.phone]);
    const id = await says(group.id);
    await reuses(id, eve, "Eve's", group.id);
    const at = `/chats/${group.id}/messages/${id}`;
    const starred = async () =>
      (await call<Said[]>("GET", `/history/${id}`)).data.flatMap((one) => (one.starred ? one.sender : []));
    // The only one that is not the account's own.
    expect((await call("PUT", `${at}/star?from_me=false`)).status).toBe(200);
    expect(await starred()).toEqual([eve.jid]);
    await reuses(id, fay, "Fay's", group.id);
    expect(await call("DELETE", `${at}/star?from_me=false`)).toMatchObject({ status: 400, error: shared });
    expect((await call("PUT", `${at}/star?sender=${fay.number}`)).status).toBe(200);
    expect((await call("DELETE", `${at}/star?sender=${eve.lid}`)).status).toBe(200);
    expect(await starred()).toEqual([fay.jid]);
    expect((await call("PUT", `/labels/1${at}?sender=${fay.number}`)).status).toBe(200);
    const index = JSON.stringify(["label_message", "1", group.id, id, "0", fay.lid]);
    expect(bot.phone.appState("regular").get(index)?.labelAssociationAction?.labeled).toBe(true);
    const { data } = await bot.next("label.assigned", (event) => event.data.chat === group.id);
    expect(data).toMatchObject({ message: id, target: { id, sender: fay.jid, from_me: false }, assigned: true });
  });

  test("what names nobody is refused", async () => {
    const eve = bot.contact("628120000009", "Eve");
    const at = `/chats/${eve.number}/messages/3EB0/star`;
    for (const [query, field] of [
      ["sender=nobody!", '"sender"'],
      ["from_me=perhaps", '"from_me"'],
      [`from_me=true&sender=${eve.number}`, '"sender"'],
      ["author=me", '"author"'],
    ])
      expect(await call("PUT", `${at}?${query}`)).toMatchObject({
        status: 400,
        error: expect.stringContaining(field ?? ""),
      });
  });
});
