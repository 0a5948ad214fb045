import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { join } from "node:path";
import { type TestBot, adminKey, startBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";
import { differences, filled } from "./transcript.ts";

const folder = join(import.meta.dir, "../golden");
const contact = "628123456789";

interface Scene {
  title: string;
  state: string | null;
  asked: [name: string, payload: unknown] | null;
  /** What must be heard, in this order within its name; `ack` is the answer to what was asked. */
  heard: [name: string, payload: unknown][];
}

function parse(text: string): Scene[] {
  return text
    .split(/^== /m)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [title = "", ...lines] = part.split("\n");
      const said = (mark: string) =>
        lines
          .filter((line) => line.startsWith(`${mark} `))
          .map((line): [string, unknown] => {
            const [, name = "", payload = ""] = /^. (\S+) (.*)$/.exec(line) ?? [];
            return [name, JSON.parse(payload)];
          });
      const state = lines.find((line) => line.startsWith("@ "))?.slice(2) ?? null;
      return { title, state, asked: said(">")[0] ?? null, heard: said("<") };
    });
}

async function reach(bot: TestBot, state: string, device: string): Promise<void> {
  const find = () => bot.workspace.device(device);
  if (state === "connected") await bot.phone.scan((await find().qr()).qr);
  else if (state === "written") await bot.contact(contact).says("hello", { to: bot.phone });
  else if (state === "sent") await find().outbox.send({ to: contact, content: { kind: "text", text: "Halo!" } });
  else if (state === "logged out") await find().logout();
  else if (state === "unlinked") await bot.phone.unlink();
  else if (state !== "pairing") throw new Error(`no state is called ${state}`);
}

describe.each([...new Glob("*.socket").scanSync(folder)].sort())("%s", (file) => {
  test("is what the bot says", async () => {
    await using bot = await startBot();
    await bot.until(() => bot.device.status().qr !== null, "a QR");
    using client = await SocketClient.open(bot.url, { auth: { key: adminKey } });
    const face = file.replace(".socket", "");
    // The two faces share a connection; a transcript is about one of them.
    const mine = (name: string) => name.startsWith("session.") === (face === "session");
    let place = 0;
    for (const { title, state, asked, heard } of parse(await Bun.file(join(folder, file)).text())) {
      if (state !== null) await reach(bot, state, face === "session" ? "device123" : "default");
      const ack = asked ? await client.ask(...asked) : null;
      for (const [name, payload] of filled(heard, {
        contact,
        phone: bot.phone.number,
        "contact jid": `${contact}@s.whatsapp.net`,
      })) {
        const said = name === "ack" ? { name, payload: ack } : await client.at(place, mine);
        if (name !== "ack") place += 1;
        expect([said.name, ...differences(payload, said.payload)], title).toEqual([name]);
      }
    }
    expect(client.heard.filter((each) => mine(each.name))).toHaveLength(place);
  });
});
