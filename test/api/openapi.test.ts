import { afterAll, beforeAll, expect, test } from "bun:test";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Glob } from "bun";
import { join } from "node:path";
import { examples, examplesFile } from "../golden/examples.ts";
import { type TestBot, startBot } from "../harness.ts";
import { Conformance, type OpenApi } from "./conformance.ts";
import { parse } from "./transcript.ts";

type Examples = Record<string, { value: unknown }>;
interface Media {
  schema: object;
  examples?: Examples;
}

const folder = join(import.meta.dir, "../golden");
let bot: TestBot;
let text: string;
let document: OpenApi;
let conformance: Conformance;

beforeAll(async () => {
  bot = await startBot();
  text = await (await fetch(`${bot.url}/docs/json`)).text();
  document = JSON.parse(text) as OpenApi;
  conformance = new Conformance(document);
});
afterAll(() => bot[Symbol.asyncDispose]());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

test("a linter finds nothing to say of it", async () => {
  const config = await createConfig({ extends: ["recommended"], rules: { "operation-4xx-response": "off" } });
  const problems = await lintFromString({ source: text, config });
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
});

test("every operation is in a transcript", async () => {
  const played = new Set<string | undefined>();
  for (const file of new Glob("*.http").scanSync(folder))
    for (const { method, path } of parse(await Bun.file(join(folder, file)).text()))
      played.add(conformance.operation(method, path)?.name);
  const absent = operations().filter(({ method, path }) => !played.has(`${method} ${path}`));
  expect(absent.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test("every operation has a name of its own", () => {
  const names = operations().map(({ operation }) => operation.operationId);
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
});

test("the examples are the transcripts': write them with bun run generate", async () => {
  expect(await Bun.file(examplesFile).json()).toEqual(JSON.parse(JSON.stringify(await examples())));
});

test("every example is what its schema says", () => {
  const faults: string[] = [];
  let looked = 0;
  const look = (at: string, types: Record<string, Media> = {}) => {
    for (const [name, { value }] of Object.entries(types["application/json"]?.examples ?? {})) {
      looked += 1;
      const fault = conformance.at(`${at}/content/application~1json/schema`, value);
      if (fault !== null) faults.push(`${name}: ${fault}`);
    }
  };
  for (const { method, path, operation } of operations()) {
    const at = `/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}`;
    const { requestBody, responses } = operation as unknown as {
      requestBody?: { content: Record<string, Media> };
      responses: Record<string, { content?: Record<string, Media> }>;
    };
    look(`${at}/requestBody`, requestBody?.content);
    for (const [status, { content }] of Object.entries(responses)) look(`${at}/responses/${status}`, content);
  }
  expect(faults).toEqual([]);
  expect(looked).toBeGreaterThan(250);
});

test("an answer with a field too many, one too few or one of another type is a fault", () => {
  const json = { headers: { "content-type": "application/json" } };
  const fault = (body: object) => conformance.fault("GET", "/v1/usage", Response.json(body, json), body);
  const data = [{ budget: "sockets", used: 1, limit: null }];
  expect(fault({ success: true, data })).toBeNull();
  expect(fault({ success: true, data, more: 1 })).toContain("must NOT have additional properties");
  expect(fault({ success: true })).toContain("must have required property 'data'");
  expect(fault({ success: true, data: [{ ...data[0], used: "1" }] })).toContain("must be integer");
  expect(conformance.fault("GET", "/v1/usage", new Response("{}", { ...json, status: 418 }), {})).toContain("418");
});
