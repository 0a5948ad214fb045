import { afterAll, beforeAll, expect, test } from "bun:test";
import { Glob } from "bun";
import { join } from "node:path";
import { type TestBot, startBot } from "../harness.ts";
import { type Exchange, parse, shape } from "./transcript.ts";

interface Operation {
  responses: Record<string, { description?: string; content?: Record<string, { example?: unknown }> }>;
}
type Paths = Record<string, Record<string, Operation>>;

const folder = join(import.meta.dir, "../golden");
let bot: TestBot;
let paths: Paths;
const exchanges: Exchange[] = [];

beforeAll(async () => {
  bot = await startBot();
  const response = await fetch(`${bot.url}/docs/json`);
  ({ paths } = (await response.json()) as { paths: Paths });
  for (const file of new Glob("*.http").scanSync(folder))
    exchanges.push(...parse(await Bun.file(join(folder, file)).text()));
});
afterAll(() => bot[Symbol.asyncDispose]());

/** The operation a request belongs to. */
function operation({ method, path }: Exchange): [name: string, operation: Operation] | null {
  for (const [template, operations] of Object.entries(paths)) {
    const pattern = new RegExp(`^${template.replace(/\/$/, "").replace(/\{[^}]+\}/g, "[^/]+")}/?$`);
    const found = operations[method.toLowerCase()];
    if (found && pattern.test(path.split("?")[0] ?? "")) return [`${method} ${template}`, found];
  }
  return null;
}

test("every answer in a transcript is documented, with an example of the same shape", () => {
  const faults: string[] = [];
  for (const exchange of exchanges) {
    const found = operation(exchange);
    if (!found) continue; // preflights and unknown routes
    const [name, { responses }] = found;
    const documented = responses[exchange.answer.status];
    if (!documented) faults.push(`${name}: ${exchange.answer.status} is not documented (${exchange.title})`);
    else if (exchange.answer.body !== null) {
      const example = documented.content?.["application/json"]?.example;
      const [said, shown] = [shape(exchange.answer.body), shape(example)];
      if (!byId.has(name) && !agrees(said, shown))
        faults.push(`${name} (${exchange.title}): ${JSON.stringify(said)} but the example is ${JSON.stringify(shown)}`);
    }
  }
  expect(faults).toEqual([]);
});

/** Answers whose keys are the caller's own words. */
const byId = new Set(["GET /api/devices/"]);

/** Whether an answer has the example's shape; null stands for any type, and a field may be absent in some state. */
function agrees(said: unknown, shown: unknown): boolean {
  if (said === "null" || shown === "null") return true;
  if (Array.isArray(said) && Array.isArray(shown)) return said.length === 0 || agrees(said[0], shown[0]);
  if (typeof said !== "object" || typeof shown !== "object" || said === null || shown === null) return said === shown;
  const known = new Map(Object.entries(shown));
  return Object.entries(said).every(([key, each]) => known.has(key) && agrees(each, known.get(key)));
}

test("every operation is described, and answers in a transcript", () => {
  const answered = new Set(exchanges.map((exchange) => operation(exchange)?.[0]));
  const faults: string[] = [];
  for (const [template, operations] of Object.entries(paths))
    for (const [method, { responses }] of Object.entries(operations)) {
      const name = `${method.toUpperCase()} ${template}`;
      if (!answered.has(name)) faults.push(`${name} is in no transcript`);
      for (const [status, { description, content }] of Object.entries(responses))
        if (!description || content?.["application/json"]?.example === undefined)
          faults.push(`${name} ${status} has no example`);
    }
  expect(faults).toEqual([]);
});
