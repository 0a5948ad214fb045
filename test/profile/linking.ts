import type { Story } from "./story.ts";
import { ProfileWorld, soonMs } from "./world.ts";

const before = async (world: ProfileWorld): Promise<void> => {
  await world.ann.says("long ago", { to: world.bot.phone });
  world.bot.phone.archives(world.ann);
};

/** Linking, and what a phone tells its new companion, on the newest WhatsApp. */
export const linking: Readonly<Record<string, Story>> = {
  "history inside its notice is told": async () => {
    await using world = await ProfileWorld.start();
    await before(world);
    await world.bot.link();
    await world.soon(() => world.told("history.synced", ""), "the history");
    await world.ends();
  },
  "history in files is told": async () => {
    await using world = await ProfileWorld.start({ history: "files" });
    await before(world);
    await world.bot.link();
    await world.soon(() => world.told("history.synced", ""), "the history");
    await world.ends();
  },
  "a file of history that fails once is fetched again": async () => {
    await using world = await ProfileWorld.start({ history: "files" });
    await before(world);
    world.sim.media.fail(500, 1, "history");
    await world.bot.link();
    await world.soon(() => world.told("history.synced", ""), "the history", 8_000);
    await world.ends();
  },
  "app state in a snapshot is told": async () => {
    await using world = await ProfileWorld.start({ appState: "snapshots" });
    await before(world);
    await world.bot.link();
    await world.soon(() => world.told("chat.updated", "archived"), "the archived chat", 8_000);
    await world.ends();
  },
  "app state that is never answered leaves the account hearing": async () => {
    await using world = await ProfileWorld.start();
    await before(world);
    world.sim.faults.refuseQuestions("silence", { when: "w:sync:app:state" });
    await world.bot.link();
    await world.ann.says("hello");
    await world.soon(() => world.told("message.received", "hello"), "the message to be told");
    await world.ends();
  },
  "a version that phones no longer link says so": async () => {
    await using world = await ProfileWorld.start();
    world.sim.faults.oldestLinkable = 2_000_000_000;
    const { qr } = await world.bot.device.qr();
    await world.bot.phone.scan(qr).catch(() => undefined);
    const told = () => /version|outdated/i.test(JSON.stringify(world.bot.device.status()));
    await world.soon(told, "the status to name the version", soonMs);
  },
};
