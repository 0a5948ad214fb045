import { expect, test } from "bun:test";
import { join } from "node:path";
import { exampleOf } from "../../src/core/model/events/event-schema.ts";
import { newSecret } from "../../src/core/webhooks/webhook-secret.ts";
import { openStore } from "../../src/store/open.ts";
import { signed } from "../../src/webhooks/sign.ts";
import { HandClock } from "../clock.ts";
import { linesOf } from "../lines.ts";
import { endpoint, folder } from "../store/house.ts";
import { Rig } from "../webhooks/rig.ts";

const main = join(import.meta.dir, "../../src/main.ts");

function merpati(dir: string, ...args: string[]) {
  return merpatiWith({}, dir, ...args);
}

function merpatiWith(more: Record<string, string>, dir: string, ...args: string[]) {
  const env = { ...process.env, SESSIONS_DIR: dir, NO_COLOR: "1", ...more };
  return Bun.spawn([process.execPath, main, "webhook", ...args], { cwd: dir, env, stdout: "pipe", stderr: "pipe" });
}

async function saidBy(child: ReturnType<typeof merpati>): Promise<string> {
  return (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
}

test("list shows the made secret beside a running bot; send uses it; listen verifies it", async () => {
  const rig = await Rig.start({ urls: ["http://127.0.0.1:1/hook"], events: ["message.*"] });
  const listed = await saidBy(merpati(rig.dir, "list"));
  expect(listed).toContain("url     http://127.0.0.1:1/hook");
  const secret = /whsec_\S+/.exec(listed)?.[0] ?? "";
  expect(secret).toBe(rig.service.list()[0]?.secrets[0]?.secret ?? "none");

  const listener = merpati(rig.dir, "listen", "--port=0");
  const heard = linesOf(listener.stdout);
  const url = /http:\S+/.exec(await heard.until("Ctrl-C"))?.[0] ?? "";
  const known = join(rig.dir, "secret");
  await Bun.write(known, `${secret}\n`);
  expect(await saidBy(merpati(rig.dir, "send", "message.received", `--to=${url}`, `--secret-file=${known}`))).toContain(
    "taken: status 200",
  );
  expect(await heard.until("(verified)")).toContain("message.received  default #42  (verified)");
  await Bun.write(known, "not-the-secret");
  const forged = merpati(rig.dir, "send", "device.connected", `--to=${url}`, `--secret-file=${known}`);
  expect(await saidBy(forged)).toContain("not taken: status 401");
  expect(await forged.exited).toBe(1);
  await heard.until("(wrong signature)");
  listener.kill("SIGTERM");
  expect(await listener.exited).toBe(0);
}, 30_000);

test("listen knows WEBHOOK_SECRET before the bot runs, and a webhook that is made meanwhile", async () => {
  const dir = folder();
  const listener = merpatiWith({ WEBHOOK_SECRET: "of the environment" }, dir, "listen", "--port=0");
  const said = linesOf(listener.stdout);
  const url = /http:\S+/.exec(await said.until("Ctrl-C"))?.[0] ?? "";
  const post = (event: object, secret: string) => {
    const body = JSON.stringify(event);
    const headers = signed({ id: "1", type: "", body, at: Date.now() }, [secret]);
    return fetch(url, { method: "POST", body, headers }).then((answer) => answer.text());
  };
  const event = { ...exampleOf("device.paired"), type: "device.\u001b[31mpaired" };
  expect(await post(event, "of the environment")).toBe("verified\n");
  const made = newSecret();
  expect(await post(event, made)).toBe("wrong signature\n");
  const store = await openStore({ dir, clock: new HandClock(), targetsOf: () => [] });
  await store.endpoints.put(endpoint("http://127.0.0.1:1/", { secrets: [{ secret: made, expiresAt: null }] }));
  await store.close();
  expect(await post(event, made)).toBe("verified\n");
  expect(await post({ a: 1 }, made)).toBe("verified\n");
  expect(await said.until("not an event of Merpati (verified)")).not.toContain("\u001b");
  const again = merpati(dir, "listen", `--port=${new URL(url).port}`);
  expect(await saidBy(again)).toBe(
    `Port ${new URL(url).port} is in use: use --port=<another>, or --port=0 for a free one.\n`,
  );
  listener.kill();
}, 30_000);

test("what is missing is said, without a stack", async () => {
  const dir = folder();
  const wrong: [string[], string][] = [
    [["send", "message.sennt"], "send takes an event type"],
    [["send", "message.received"], "send takes --to=<url>"],
    [["listen", "--port=x"], "--port takes a whole number"],
    [["listen", "--port=99999"], "--port takes a whole number"],
    [["nothing"], "Unknown command 'nothing'"],
  ];
  for (const [args, sentence] of wrong) {
    const child = merpati(dir, ...args);
    expect(await saidBy(child)).toStartWith(sentence);
    expect(await child.exited).toBe(1);
  }
  expect(await saidBy(merpati(dir, "list"))).toStartWith("There is no Merpati in");
  const store = await openStore({ dir, clock: new HandClock(), targetsOf: () => [] });
  await store.close();
}, 30_000);
