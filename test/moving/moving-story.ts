import type { Simulator } from "../../src/simulator/index.ts";
import type { TestBot } from "../harness.ts";
import type { OldServer } from "./old-server.ts";

export type Group = ReturnType<Simulator["group"]>;

/** Links the old server to the bot's phone, has it hear and write in a chat and a group, and stops it. */
export async function useAndStop(old: OldServer, bot: TestBot): Promise<Group> {
  await old.link(bot.phone);
  const ann = bot.contact();
  const family = bot.sim.group("Family", [ann, bot.phone]);
  for (const [text, to] of [
    ["to the old server", bot.phone],
    ["to its group", family],
  ] as const) {
    const heard = old.hears(text);
    await ann.says(text, { to });
    await heard;
  }
  await old.socket.sendMessage(`${ann.number}@s.whatsapp.net`, { text: "from the old server" });
  await ann.hears("from the old server");
  await old.socket.sendMessage(family.id, { text: "to the family" });
  await ann.hears("to the family");
  await old.stop();
  return family;
}

/** So many messages each way, in a chat and a group by turns; each is heard before the next. */
export async function writesBothWays(bot: TestBot, family: Group, count: number): Promise<void> {
  const ann = bot.contact();
  for (let at = 0; at < count; at++) {
    const [theirs, ours] = at % 2 === 0 ? [bot.phone, ann.number] : [family, family.id];
    const said = await ann.says(`in ${at}`, { to: theirs });
    const { waId } = await bot.device.outbox.send({ to: ours, content: { kind: "text", text: `out ${at}` } });
    await Promise.all([
      bot.next("message.received", ({ data }) => data.id === said.id),
      ann.hears(({ id }) => id === waId),
    ]);
  }
}
