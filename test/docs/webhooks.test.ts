import { expect, test } from "bun:test";
import { join } from "node:path";
import { settings, variableOf } from "../../src/config.ts";
import { newSecret } from "../../src/core/webhook-secret.ts";
import { webhookSchedule } from "../../src/core/retry.ts";
import { LogTail } from "../../src/core/log-tail.ts";
import { QrLinks } from "../../src/core/qr-link.ts";
import { v1 } from "../../src/api/v1.ts";
import { signed } from "../../src/webhooks/sign.ts";
import { HandClock } from "../clock.ts";
import { folder } from "../store/house.ts";

const page = await Bun.file(join(import.meta.dir, "../../docs/webhooks.md")).text();
const snippet = (language: string) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(page)?.[1] ?? "";

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

import ("encoding/json"; "fmt"; "os")

func main() {
	var cases []struct { Body string; Headers map[string]string; Secret string }
	text, _ := os.ReadFile("cases.json")
	json.Unmarshal(text, &cases)
	for _, it := range cases { fmt.Println(verify([]byte(it.Body), it.Headers, it.Secret)) }
}`;

const body = '{"type":"message.received","data":{"text":"Halo 🕊"}}';
const now = Date.now();
const headersOf = (secrets: string[], at = now) => signed({ id: "019a", type: "message.received", body, at }, secrets);
const [secret, old, foreign] = [newSecret(), newSecret(), newSecret()];
const cases: [string, object, string][] = [
  ["a good one", { body, headers: headersOf([secret]), secret }, "true"],
  ["one of a rotation", { body, headers: headersOf([secret, old]), secret: old }, "true"],
  ["a text as secret", { body, headers: headersOf(["a plain secret"]), secret: "a plain secret" }, "true"],
  ["a forged one", { body, headers: headersOf([foreign]), secret }, "false"],
  ["a changed body", { body: `${body} `, headers: headersOf([secret]), secret }, "false"],
  ["an old one", { body, headers: headersOf([secret], now - 400_000), secret }, "false"],
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

test("every call the page names exists", () => {
  const clock = new HandClock();
  const routes = v1
    .routes({ clock, links: new QrLinks(clock), logs: new LogTail(), version: "1", lag: () => ({ mean: 0, worst: 0 }) })
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
