import { expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import { HandClock } from "../clock.ts";
import { folder } from "../store/house.ts";
import { Rig } from "../webhooks/rig.ts";

const main = join(import.meta.dir, "../../src/main.ts");

function merpati(dir: string, ...args: string[]) {
  const env = { ...process.env, SESSIONS_DIR: dir, NO_COLOR: "1" };
  return Bun.spawn([process.execPath, main, "webhook", ...args], { cwd: dir, env, stdout: "pipe", stderr: "pipe" });
}

async function said(child: ReturnType<typeof merpati>): Promise<string> {
  return (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
}

test("list shows the made secret beside a running bot; send uses it; listen verifies it", async () => {
  const rig = await Rig.start({ urls: ["http://127.0.0.1:1/hook"], events: ["message.*"] });
  const listed = await said(merpati(rig.dir, "list"));
  expect(listed).toContain("url     http://127.0.0.1:1/hook");
  const secret = /whsec_\S+/.exec(listed)?.[0] ?? "";
  expect(secret).toBe(rig.desk.list()[0]?.secrets[0]?.secret ?? "none");

  const listener = merpati(rig.dir, "listen", "--port=0");
  const lines = listener.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  const until = async (text: string) => {
    while (!heard.includes(text)) heard += (await lines.read()).value ?? "";
  };
  await until("Ctrl-C");
  const url = /http:\S+/.exec(heard)?.[0] ?? "";
  expect(await said(merpati(rig.dir, "send", "message.received", `--to=${url}`, `--secret=${secret}`))).toContain(
    "taken: status 200",
  );
  await until("(verified)");
  expect(heard).toContain("message.received  default #42  (verified)");
  const forged = merpati(rig.dir, "send", "device.connected", `--to=${url}`, "--secret=not the secret");
  expect(await said(forged)).toContain("not taken: status 401");
  expect(await forged.exited).toBe(1);
  await until("(wrong signature)");
  listener.kill("SIGTERM");
  expect(await listener.exited).toBe(0);
}, 30_000);

test("what is missing is said, without a stack", async () => {
  const dir = folder();
  const wrong: [string[], string][] = [
    [["send", "message.sennt"], "send takes an event type"],
    [["send", "message.received"], "send takes --to=<url>"],
    [["listen", "--port=x"], "--port takes a number"],
    [["nothing"], "Usage: merpati webhook list"],
  ];
  for (const [args, sentence] of wrong) {
    const child = merpati(dir, ...args);
    expect(await said(child)).toStartWith(sentence);
    expect(await child.exited).toBe(1);
  }
  expect(await said(merpati(dir, "list"))).toContain("There are no webhooks.");
  const store = await openStore({ dir, clock: new HandClock(), targetsOf: () => [] });
  await store.close();
}, 30_000);
