import { pick, type Story } from "./story.ts";
import { ProfileWorld, soonMs } from "./world.ts";

/** What comes in from people, on the newest WhatsApp. */
export const receiving: Readonly<Record<string, Story>> = {
  "a message by LID alone is told and settled": async () => {
    await using world = await ProfileWorld.linked();
    await world.ann.says("hello", { hidden: true });
    await world.soon(() => world.told("message.received", "hello"), "the message to be told");
    await world.ends();
  },
  "a person without a number writes, and is answered": async () => {
    await using world = await ProfileWorld.linked();
    const { ann } = world;
    ann.hidesNumber();
    ann.goesBy("ani.w");
    await ann.says("hello");
    await world.soon(() => world.told("message.received", "hello"), "the message to be told");
    await world.text(ann.lid, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "an absence of three hundred messages is heard whole": async () => {
    await using world = await ProfileWorld.linked();
    await world.bot.stop();
    const said = await world.ann.saysMany(Array.from({ length: 300 }, (_, at) => `missed ${at}.`));
    await world.bot.start();
    await world.soon(() => said.every((one) => one.receipts.length > 0), "all to be settled", 10_000);
    await world.soon(() => world.told("message.received", "missed 299."), "the last to be told");
    await world.ends();
  },
  "a status is told and settled": async () => {
    await using world = await ProfileWorld.linked();
    const { id } = await world.ann.postsStatus("on my way", [world.bot.phone]);
    await world.soon(() => world.told("message.received", "on my way"), "the status to be told");
    await world.soon(() => world.sim.record.of(id).every((one) => one.settledAt !== undefined), "it to be settled");
    await world.ends();
  },
  "an edit that is sealed is told": async () => {
    await using world = await ProfileWorld.linked();
    const said = await world.ann.says("helo");
    await world.soon(() => world.told("message.received", "helo"), "the message to be told");
    await world.ann.edits(said, "hello");
    await world.soon(() => world.told("message.edited", "hello"), "the edit to be told");
    await world.ends();
  },
  "a reaction in a community's announcements is told": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    family.group.part = "announcements";
    const said = await world.ann.says("the news", { to: family });
    await world.soon(() => world.told("message.received", "the news"), "the message to be told");
    await world.ann.reacts(said, "👍");
    await world.soon(() => world.told("message.reaction", "👍"), "the reaction to be told");
    await world.ends();
  },
  "a comment is told": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    const said = await world.ann.says("the news", { to: family });
    await world.soon(() => world.told("message.received", "the news"), "the message to be told");
    await world.ben.comments(said, "what news");
    await world.soon(() => world.told("message.received", "what news"), "the comment to be told");
    await world.ends();
  },
  "an event that is changed is told": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    const said = await world.ann.plans("Picnic", 1_800_000_000, { to: family });
    await world.soon(() => world.told("message.received", "Picnic"), "the event to be told");
    await world.ann.changesPlan(said, "Dinner", 1_800_000_000);
    await world.soon(() => world.told("message.edited", "Dinner"), "the change to be told");
    await world.ends();
  },
  "a vote by LID is counted": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    const poll = await world.ann.asks("Tea?", ["yes", "no"], { to: family });
    await world.soon(() => world.told("message.received", "Tea?"), "the poll to be told");
    await world.ben.votes(poll, ["yes"]);
    await world.soon(() => pick(world.bot.events, /vote/).some((data) => data.includes("yes")), "the vote to be told");
    await world.ends();
  },
  "bundled receipts tell of each member": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    const id = await world.text(family.id, "to all");
    const heard = [world.ann, world.ben].map((one) => one.hears("to all", { timeoutMs: soonMs }));
    for (const one of await Promise.all(heard)) one.read();
    const read = (jid: string) => pick(world.bot.events, /message.status/).some((data) => data.includes(jid));
    await world.soon(() => world.told("message.status", id), "a status of it");
    await world.soon(() => [world.ann, world.ben].every(({ lid, jid }) => read(lid) || read(jid)), "one for each");
    await world.ends();
  },
  "pings of the server are answered": async () => {
    await using world = await ProfileWorld.linked();
    const pings = (["bare", "untyped", "child"] as const).flatMap((form) => world.sim.faults.ping(form));
    await world.soon(() => pings.every((one) => one.answered()), "three answers");
    await world.ends();
  },
  "the account is not online before it chooses to be": async () => {
    await using world = await ProfileWorld.linked();
    world.bot.phone.renamesItself("Budi W.");
    await world.ann.says("hello");
    await world.soon(() => world.told("message.received", "hello"), "the message to be told");
    await world.sim.settles(soonMs);
    world.sim.assertNoProblems();
  },
  "nothing is left unsettled for fifty minutes": async () => {
    await using world = await ProfileWorld.linked();
    const { ann, bot } = world;
    world.family().rename("Relatives");
    ann.setsPicture(new Uint8Array([1, 2, 3]));
    ann.calls({ to: bot.phone }).hangsUp("timeout");
    await bot.phone.says("from my phone", { to: ann });
    ann.addsCompanion();
    bot.phone.archives(ann);
    await ann.says("hello");
    await world.soon(() => world.told("message.received", "hello"), "the message to be told");
    await world.sim.settles(soonMs);
    world.sim.advance(51 * 60_000);
    await world.ends();
  },
  "a business that is hosted is one chat": async () => {
    await using world = await ProfileWorld.linked();
    const { ann } = world;
    const cloud = ann.addsHostedDevice();
    await ann.says("from the phone");
    await ann.says("from the cloud", { from: cloud });
    await world.soon(() => world.told("message.received", "from the cloud"), "both to be told");
    const chats = new Set(
      world.bot.events.flatMap(({ data }) => ("chat" in data && "content" in data ? [String(data.chat)] : [])),
    );
    if (chats.size !== 1) throw new Error(`told in ${[...chats].join(" and ")}`);
    await world.ends();
  },
  "a message from a broadcast list is told in its sender's chat": async () => {
    await using world = await ProfileWorld.linked();
    await world.ann.says("to many", { list: "1700000000@broadcast" });
    await world.soon(() => world.told("message.received", "to many"), "the message to be told");
    const [told] = pick(world.bot.events, /message.received/);
    if (told?.includes('"chat":"1700000000@broadcast"')) throw new Error("told in a chat nobody can answer in");
    await world.ends();
  },
  "what Meta AI answers is told in its own chat": async () => {
    await using world = await ProfileWorld.linked();
    const question = world.bot.phone.asksMetaAi("How many pigeons?");
    const told = (text: string) => pick(world.bot.events, /^message/).find((data) => data.includes(text));
    await world.soon(() => told("How many pigeons?") !== undefined, "the question to be told");
    world.bot.phone.hearsFromMetaAi(question, "Very many.");
    await world.soon(() => told("Very many.") !== undefined, "the answer to be told");
    for (const text of ["How many pigeons?", "Very many."])
      if (!told(text)?.includes("@bot")) throw new Error(`${text} is told in another chat`);
    await world.ends();
  },
  "what the owner writes elsewhere is told in one chat": async () => {
    await using world = await ProfileWorld.linked();
    await world.bot.phone.says("from my phone", { to: world.ann });
    await world.soon(() => pick(world.bot.events, /./).some((data) => data.includes("from my phone")), "it to be told");
    await world.ends();
  },
};
