import { openWithSecret } from "../../src/whatsapp/codec/sealing.ts";
import { jpeg, mp4 } from "../files.ts";
import type { Story } from "./story.ts";
import { ProfileWorld, soonMs } from "./world.ts";

/** How long a message may take that a busy server held up, in milliseconds. */
const busyMs = 15_000;

/** How often a message left, by its id. */
const tries = (world: ProfileWorld, id: string) =>
  world.sim.record.outgoing(id).reduce((sum, { receivedAt }) => sum + receivedAt.length, 0);

async function picture(): Promise<string> {
  return (await jpeg()).toString("base64");
}

/** What goes out to people, on the newest WhatsApp. */
export const sending: Readonly<Record<string, Story>> = {
  "a message to a number arrives": async () => {
    await using world = await ProfileWorld.linked();
    await world.text(world.ann.number, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "a message of an account that has not moved arrives": async () => {
    await using world = await ProfileWorld.linked({ accounts: "not-migrated", addressing: "pn" });
    await world.text(world.ann.number, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "an account moves while it is connected": async () => {
    await using world = await ProfileWorld.linked({ accounts: "not-migrated", addressing: "pn" });
    await world.text(world.ann.number, "before");
    await world.arrives("before");
    world.bot.phone.migrates();
    await world.text(world.ann.number, "after");
    await world.arrives("after");
    await world.ends();
  },
  "an answer to a message by LID arrives": async () => {
    await using world = await ProfileWorld.linked();
    await world.ann.says("ping");
    await world.soon(() => world.told("message.received", "ping"), "the message to be told");
    await world.text(world.ann.lid, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "a message to a group arrives": async () => {
    await using world = await ProfileWorld.linked();
    await world.text(world.family().id, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "a device without keys keeps nothing from the others": async () => {
    await using world = await ProfileWorld.linked();
    world.ben.withholdsKeys("406", world.ben.addsCompanion());
    await world.text(world.family().id, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "a server that is busy for two seconds loses nothing": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    world.sim.faults.busy(2_000);
    await world.text(family.id, "pong");
    await world.arrives("pong", busyMs);
    await world.ends();
  },
  "a server that refuses questions for a second loses nothing": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    world.sim.faults.refuseQuestions("429", { when: "usync", forMs: 1_500 });
    await world.text(family.id, "pong");
    await world.arrives("pong", busyMs);
    await world.ends();
  },
  "a group that has moved to LIDs takes the next message": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family("pn");
    // Twice, so that what the bot knows of the group is settled before it changes.
    for (const text of ["before", "once more"]) {
      await world.text(family.id, text);
      await world.arrives(text);
      await world.sim.settles(soonMs);
    }
    family.movesToLids();
    await world.text(family.id, "after");
    await world.arrives("after");
    await world.ends();
  },
  "a group message that left somebody out goes once more": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    world.sim.faults.markAcks({ phash: "2:abcdef" });
    const id = await world.text(family.id, "pong");
    await world.soon(() => tries(world, id) === 2, "a second try with the same id");
    await world.ends();
  },
  "a group whose ack names another addressing is asked anew, and the message goes once more": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family("pn");
    await world.text(family.id, "before");
    await world.arrives("before");
    await world.sim.settles(soonMs);
    // The same as before says nothing.
    world.sim.faults.markAcks({ addressing_mode: "pn" });
    const same = await world.text(family.id, "same");
    await world.arrives("same");
    world.sim.faults.markAcks({ addressing_mode: "lid" });
    const id = await world.text(family.id, "pong");
    await world.soon(() => tries(world, id) === 2, "a second try with the same id");
    if (tries(world, same) !== 1) throw new Error("a message left twice that need not");
    await world.ends();
  },
  "a LID that is stale is asked for anew": async () => {
    await using world = await ProfileWorld.linked();
    await world.ann.says("ping");
    await world.soon(() => world.told("message.received", "ping"), "the message to be told");
    let asked = false;
    const stop = world.sim.raw.trace(({ direction, stanza }) => {
      if (direction !== "in" || stanza.attrs["xmlns"] !== "usync" || !Array.isArray(stanza.content)) return;
      asked ||= JSON.stringify(stanza.content).includes(world.ann.number);
    });
    world.sim.faults.markAcks({ refresh_lid: "true" });
    await world.text(world.ann.lid, "pong");
    await world.soon(() => asked, "a question for the LID, by the number").finally(stop);
    await world.ends();
  },
  "a cap on new chats is a cap": async () => {
    await using world = await ProfileWorld.linked();
    await world.ann.says("ping");
    await world.soon(() => world.told("message.received", "ping"), "the message to be told");
    world.sim.faults.markAcks({ error: "475" });
    const id = await world.text(world.ann.lid, "pong");
    await world.soon(() => world.told("message.waiting", id), "it to be held");
    await world.ends();
  },
  "a picture to be seen once leaves as a picture": async () => {
    await using world = await ProfileWorld.linked();
    await world.sends(world.family().id, { kind: "image", base64: await picture() }, { view_once: true });
    await world.ann.hears(({ message }) => JSON.stringify(message).includes("viewOnce"), {
      timeoutMs: soonMs,
    });
    await world.ends();
  },
  "a video note leaves as one": async () => {
    await using world = await ProfileWorld.linked();
    await world.sends(world.family().id, { kind: "video_note", base64: mp4().toString("base64") });
    await world.ann.hears(({ message }) => Boolean(message.ptvMessage), { timeoutMs: 8_000 });
    await world.ends();
  },
  "a reaction in a community's announcements is sealed": async () => {
    await using world = await ProfileWorld.linked();
    const family = world.family();
    family.group.part = "announcements";
    const said = await world.ann.says("the news", { to: family });
    await world.soon(() => world.told("message.received", "the news"), "the message to be told");
    await world.sends(family.id, { kind: "reaction", target: said.id, emoji: "👍" });
    const { message } = await world.ann.hears(({ message: one }) => Boolean(one.encReactionMessage));
    const secret = said.content.messageContextInfo?.messageSecret ?? new Uint8Array();
    const names = { id: said.id, author: world.ann.lid, editor: world.bot.phone.lid };
    const plain = openWithSecret(message.encReactionMessage ?? {}, secret, "reaction", names);
    if (!plain?.includes("👍")) throw new Error("nobody can open the reaction");
    await world.ends();
  },
  "a first message carries a token made of the salt that a file of history told": async () => {
    await using world = await ProfileWorld.linked({ history: "files" });
    await world.soon(() => world.told("history.synced", "INITIAL_BOOTSTRAP"), "the history, which tells the salt");
    world.ann.refusesStrangers();
    await world.text(world.ann.number, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "a first message carries a token made of the salt": async () => {
    await using world = await ProfileWorld.linked();
    await world.soon(() => world.told("history.synced", "INITIAL_BOOTSTRAP"), "the history, which tells the salt");
    world.ann.refusesStrangers();
    await world.text(world.ann.number, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "a direct message leaves the device without keys out": async () => {
    await using world = await ProfileWorld.linked();
    world.ann.withholdsKeys("404", world.ann.addsCompanion());
    world.bot.phone.withholdsKeys("406", world.bot.phone.addsCompanion());
    await world.text(world.ann.number, "pong");
    await world.arrives("pong");
    await world.ends();
  },
  "a number that nobody has fails, and says so": async () => {
    await using world = await ProfileWorld.linked();
    await world.text("6289999999999", "pong");
    await world.soon(() => world.told("message.failed", "not_on_whatsapp"), "the message to fail");
    await world.ends();
  },
  "a status reaches its audience": async () => {
    await using world = await ProfileWorld.linked();
    const audience = { audience: [world.ann.number] };
    await world.sends("status@broadcast", { kind: "text", text: "up in the air" }, audience);
    await world.arrives("up in the air");
    await world.ends();
  },
};
