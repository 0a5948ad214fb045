import { eventBody } from "../../src/api/v1/event-body.ts";
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { readConfig, settings, variableOf } from "../../src/config/config.ts";
import { exampleOf } from "../../src/core/model/events/event-schema.ts";
import { newSecret, secretBytes } from "../../src/core/webhooks/webhook-secret.ts";
import { webhookSchedule } from "../../src/core/policy/retry.ts";
import { LogTail } from "../../src/core/base/log-tail.ts";
import { PasskeyLinks } from "../../src/core/device/passkey-link.ts";
import { QrLinks } from "../../src/core/device/qr-link.ts";
import { v1 } from "../../src/api/faces/v1.ts";
import { guardedFetch } from "../../src/net/fetch.ts";
import { poster } from "../../src/webhooks/post.ts";
import { signed } from "../../src/webhooks/sign.ts";
import { fenced, printed, runShell, shellTools } from "../api/samples.ts";
import { HandClock } from "../clock.ts";
import { adminKey, startBot } from "../harness.ts";
import { Receiver } from "../receiver.ts";
import { MediaLinks } from "../../src/core/media/media-link.ts";
import { linesOf } from "../lines.ts";
import { endpoint, folder } from "../store/house.ts";

const root = join(import.meta.dir, "../..");
const page = await Bun.file(join(root, "docs/webhooks.md")).text();
const snippet = (language: string) => fenced(page, language)[0] ?? "";

/** How each language calls the page's `verify` with what stands in `cases.json`, and prints true or false for each. */
const drivers = {
  ts: {
    run: [process.execPath, "snippet.ts"],
    after: `for (const { body, headers, secret } of await Bun.file("cases.json").json())
      console.log(String(verify(body, headers, secret)));`,
  },
  python: {
    run: ["python3", "snippet.python"],
    after: `import json
for case in json.load(open("cases.json", encoding="utf-8")):
    print(str(verify(case["body"].encode(), case["headers"], case["secret"])).lower())`,
  },
  php: {
    run: ["php", "snippet.php"],
    after: `foreach (json_decode(file_get_contents("cases.json"), true) as $case)
  echo verify($case["body"], $case["headers"], $case["secret"]) ? "true\\n" : "false\\n";`,
  },
  go: { run: ["go", "run", "snippet.go", "driver.go"], after: "" },
} as const;

const goDriver = `package main

import ("encoding/json"; "fmt"; "net/http"; "os")

func main() {
	var cases []struct { Body string; Headers map[string]string; Secret string }
	text, _ := os.ReadFile("cases.json")
	json.Unmarshal(text, &cases)
	for _, it := range cases {
		headers := http.Header{}
		for name, value := range it.Headers { headers.Set(name, value) }
		fmt.Println(verify([]byte(it.Body), headers, it.Secret))
	}
}`;

const body = '{"type":"message.received","data":{"text":"Halo 🕊"}}';
const now = Date.now();
const headersOf = (secrets: string[], at = now) => signed({ id: "019a", type: "message.received", body, at }, secrets);
const [secret, old, foreign] = [newSecret(), newSecret(), newSecret()];
const list = `[${body},${body}]`;
const listed = { body: list, headers: signed({ id: "list_1f", type: "list", body: list, at: now }, [secret]) };
const cases: [string, object, string][] = [
  ["a good one", { body, headers: headersOf([secret]), secret }, "true"],
  ["a list", { ...listed, secret }, "true"],
  ["one of a rotation", { body, headers: headersOf([secret, old]), secret: old }, "true"],
  ["a text as secret", { body, headers: headersOf(["a plain secret"]), secret: "a plain secret" }, "true"],
  ["a forged one", { body, headers: headersOf([foreign]), secret }, "false"],
  ["a changed body", { body: `${body} `, headers: headersOf([secret]), secret }, "false"],
  ["an old one", { body, headers: headersOf([secret], now - 400_000), secret }, "false"],
  [
    "a moment that is none",
    { body, headers: { ...headersOf([secret]), "webhook-timestamp": "soon" }, secret },
    "false",
  ],
  ["none", { body, headers: {}, secret }, "false"],
];

for (const [language, { run, after }] of Object.entries(drivers)) {
  if (Bun.which(run[0]) === null) continue; // not on this machine; the check says so at its end
  test(`the ${language} snippet tells good deliveries from bad ones`, async () => {
    const dir = folder();
    await Bun.write(join(dir, `snippet.${language}`), `${snippet(language)}\n${after}\n`);
    if (language === "go") await Bun.write(join(dir, "driver.go"), goDriver);
    await Bun.write(join(dir, "cases.json"), JSON.stringify(cases.map(([, given]) => given)));
    const child = Bun.spawn([...run], { cwd: dir, stdout: "pipe", stderr: "inherit" });
    const verdicts = (await new Response(child.stdout).text()).trim().split("\n");
    expect(verdicts.map((verdict, place) => [cases[place]?.[0], verdict])).toEqual(
      cases.map(([name, , expected]) => [name, expected]),
    );
  }, 120_000); // the first time Go compiles its library
}

const clientIndex = JSON.stringify(join(root, "clients/typescript/src/index.ts"));
const [verifier = "", whole = "", lists = ""] = fenced(page, "ts");

test.each([
  ["event", `${verifier}\n${whole}`, exampleOf("message.received")],
  [
    "list",
    lists.replace('"merpati-client"', clientIndex),
    [exampleOf("device.connected"), exampleOf("message.received")],
  ],
])("the whole receiver (%s) takes what is signed and nothing else", async (_, receiver, told) => {
  const dir = folder();
  const anywhere = receiver.replace("listen(8080)", 'listen(0, "127.0.0.1", function () { up(this.address().port) })');
  const up = "const up = (port: number) => console.log(`up ${port}.`);";
  await Bun.write(join(dir, "receiver.ts"), `${up}\n${anywhere}`);
  const env = { ...process.env, WEBHOOK_SECRET: secret };
  const child = Bun.spawn([process.execPath, "receiver.ts"], { cwd: dir, env, stdout: "pipe", stderr: "inherit" });
  const said = linesOf(child.stdout);
  try {
    const port = /up (\d+)\./.exec(await said.until("."))?.[1];
    const post = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: example, headers });
    const example = JSON.stringify(told);
    const signs = (secrets: string[]) => signed({ id: "019a", type: "t", body: example, at: Date.now() }, secrets);
    expect((await post(signs([foreign]))).status).toBe(401);
    expect((await post(signs([secret]))).status).toBe(200);
    await said.until("message.received");
  } finally {
    child.kill();
  }
});

test("the lines for .env are settings", () => {
  const [setup = "", , , allow = ""] = fenced(page, "sh");
  const config = readConfig({}, parseEnv(`${setup}\n${allow}`));
  expect(config).toMatchObject({ webhookUrl: ["https://example.com/hook"], outboundAllow: ["n8n", "192.168.1.0/24"] });
  expect(() => secretBytes(config.webhookSecret ?? "")).not.toThrow();
});

test.skipIf(!shellTools)(
  "the call makes a webhook; the commands listen and send",
  async () => {
    await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
    const [, call = "", commands = ""] = fenced(page, "sh");
    const made = await runShell(
      call.replace("https://example.com/hook", bot.receiver.url),
      `BOT=${bot.url}\nKEY=${adminKey}`,
      bot.folder,
    );
    expect(printed(made)).toMatchObject([{ success: true, data: { events: ["message.*"], devices: ["default"] } }]);
    const [listen = "", send = ""] = commands
      .trim()
      .split("\n")
      .map((line) => line.replace(/#.*/, "").trim());
    const merpati = (line: string) =>
      Bun.spawn([process.execPath, join(root, "src/main.ts"), ...line.split(" ").slice(1)], {
        cwd: bot.folder,
        env: { ...process.env, SESSIONS_DIR: bot.folder, NO_COLOR: "1" },
        stdout: "pipe",
      });
    await Bun.write(join(bot.folder, "whsec"), secret);
    const listener = merpati(`${listen} --port=0 --secret-file=whsec`);
    const heard = linesOf(listener.stdout);
    const url = /http:\S+/.exec(await heard.until("Ctrl-C"))?.[0] ?? "";
    const sent = merpati(send.replace("http://localhost:8080/hook", url));
    expect(await new Response(sent.stdout).text()).toContain("taken: status 200");
    expect(await heard.until("(verified)")).toContain("message.received");
    listener.kill();
  },
  30_000,
);

test("the request that is shown is what is posted", async () => {
  const [head = "", json = ""] = (fenced(page, "http")[0] ?? "").split("\n\n");
  const receiver = new Receiver();
  const clock = new HandClock(Date.now());
  const hook = endpoint(receiver.url, { secrets: [{ secret, expiresAt: null }] });
  const post = poster(guardedFetch({ clock }), { clock, version: "0.0.0", bodyOf: eventBody });
  await post(hook, [exampleOf("message.received")], new AbortController().signal);
  const { headers = {}, body: posted = "" } = receiver.all[0] ?? {};
  await receiver.stop();
  const shown = [...head.matchAll(/^([\w-]+): /gm)].map(([, name]) => name ?? "");
  expect(shown.filter((name) => headers[name] === undefined)).toEqual([]);
  expect(shown).toHaveLength(6);
  expect([...json.matchAll(/"(\w+)":/g)].map(([, key]) => key)).toEqual(Object.keys(JSON.parse(posted)));
});

test("an event that was seen is not seen again", () => {
  const db = new Database(":memory:");
  db.run("CREATE TABLE seen (event_id TEXT PRIMARY KEY)");
  const insert = fenced(page, "sql")[0] ?? "";
  expect([db.run(insert).changes, db.run(insert).changes]).toEqual([1, 0]);
});

test("every block of the page is one of those above", () => {
  const languages = [...page.matchAll(/^```(\w+)$/gm)].map(([, language]) => language);
  expect(languages).toEqual(["sh", "sh", "sh", "http", "ts", "python", "php", "go", "ts", "ts", "sql", "sh"]);
});

test("every call the page names exists", () => {
  const clock = new HandClock();
  const routes = v1
    .routes({
      clock,
      links: new QrLinks(clock),
      passkeyLinks: new PasskeyLinks(clock),
      mediaLinks: new MediaLinks(clock),
      logs: new LogTail(),
      version: "1",
      basePath: "",
      lag: () => ({ mean: 0, worst: 0 }),
    })
    .routes.map(({ method, path }) => `${method} ${path.replace(/\/$/, "")}`);
  const named = [...page.matchAll(/`(GET|POST|PATCH|DELETE) (\/v1\/[\w/:.-]*)/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  expect(named.length).toBeGreaterThan(10);
  const known = new Set(routes.map((route) => route.replace(/:\w+/g, ":")));
  const concrete = (route: string) =>
    route.replace(/:\w+/g, ":").replace("event-types/message.received", "event-types/:");
  expect(named.filter((route) => !known.has(concrete(route)))).toEqual([]);
});

test("every setting the page names exists, and the schedule is the one we keep", () => {
  const known = new Set(Object.keys(settings).map(variableOf));
  const named = [...page.matchAll(/\b((?:WEBHOOK|EVENT|OUTBOUND)_[A-Z_]+)/g)].map(([name]) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(webhookSchedule.delays.slice(1).map(words).join(", ")).toBe("5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 24 h");
  expect(page).toContain("5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 24 h, each ±20 %");
});

function words(ms: number): string {
  if (ms < 60_000) return `${ms / 1_000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
}
