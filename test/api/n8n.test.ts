import { afterAll, beforeAll, expect, test } from "bun:test";
import { Merpati } from "../../clients/n8n/src/Merpati.node.ts";
import { MerpatiTrigger } from "../../clients/n8n/src/MerpatiTrigger.node.ts";
import type { Choice, Field, HookContext, HttpAsk, WebhookContext } from "../../clients/n8n/src/n8n.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { Receiver } from "../receiver.ts";
import { describedApi } from "./described.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const { properties } = new Merpati().description;
const choices = properties
  .filter(({ name }) => name === "operation")
  .flatMap(({ options = [] }) => options) as Choice[];
const shown = (operation: string): Field[] =>
  properties.filter(({ displayOptions }) => displayOptions?.show["operation"]?.includes(operation));

/** What n8n does with a declarative node: the address from the parameters, then what each field sends. */
async function run(operation: string, parameters: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { request } = choices.find(({ value }) => value === operation)?.routing ?? {};
  const path = (request?.url ?? "")
    .slice(1)
    .replaceAll(/\{\{encodeURIComponent\(\$parameter\["(\w+)"\]\)\}\}/g, (_, name: string) =>
      encodeURIComponent(String(parameters[name])),
    );
  const url = new URL(path, bot.url);
  const filters = shown(operation).find(({ name }) => name === "filters")?.options;
  for (const [name, value] of Object.entries(parameters["filters"] ?? {})) {
    const property = filters?.find((field) => field.name === name)?.routing?.send?.property;
    url.searchParams.set(property ?? "unknown", String(value));
  }
  const body = typeof parameters["body"] === "string" ? { body: parameters["body"] } : {};
  const headers = { "x-api-key": adminKey, "content-type": "application/json" };
  const answer = await fetch(url, { method: request?.method ?? "GET", headers, ...body });
  return (await answer.json()) as Record<string, unknown>;
}

test("every JSON call of the native API is an operation with its parameters", () => {
  for (const [path, methods] of Object.entries(describedApi()["paths"]))
    for (const operation of Object.values(
      methods as Record<string, { operationId: string; requestBody?: { content: object } }>,
    )) {
      if (!/^\/v1\/(?!admin\/)/.test(path)) continue;
      if (operation.requestBody && !("application/json" in operation.requestBody.content)) continue;
      const { operationId } = operation;
      expect(choices.map(({ value }) => value)).toContain(operationId);
      for (const [, name = ""] of path.matchAll(/\{(\w+)\}/g))
        expect([operationId, shown(operationId).some((field) => field.name === name && field.required)]).toEqual([
          operationId,
          true,
        ]);
    }
});

test("the node sends and reads", async () => {
  const ann = bot.contact(); // before anybody asks WhatsApp for this number
  const body = JSON.stringify({ to: "628123456789", text: "Halo from n8n" });
  expect(await run("sendMessage", { device: "default", body })).toMatchObject({ data: { status: "queued" } });
  await ann.hears("Halo from n8n");
  const history = await run("listHistory", { device: "default", filters: { direction: "out", count: "true" } });
  expect(history).toMatchObject({ total: 1, data: [{ content: { text: "Halo from n8n" } }] });
});

test("the trigger makes a webhook of its own, starts workflows with what is signed, and removes it", async () => {
  const trigger = new MerpatiTrigger();
  const kept: Record<string, unknown> = {};
  const answers: number[] = [];
  const base = {
    getNodeParameter: (name: string) =>
      name === "events" ? ["message.received"] : { chats: ["person"], pause: 0.3, inline: 256 },
    getCredentials: async () => ({ url: `${bot.url}/`, key: adminKey }),
    getWorkflowStaticData: () => kept,
    helpers: {
      async httpRequestWithAuthentication(_: string, { method, url, body }: HttpAsk) {
        const headers = { "x-api-key": adminKey, "content-type": "application/json" };
        const answer = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        return answer.json();
      },
    },
  };
  const started: BotEvent[][] = [];
  const receiver = new Receiver();
  const heard = async (body: string, headers: Record<string, string>) => {
    const context = {
      ...base,
      getRequestObject: () => ({ rawBody: Buffer.from(body), headers }),
      getResponseObject: () => ({ status: (code: number) => ({ send: () => answers.push(code) }) }),
    } as unknown as WebhookContext;
    const { workflowData = [] } = await trigger.webhook.call(context);
    started.push(...workflowData.map((items) => items.map(({ json }) => json as BotEvent)));
  };
  receiver.answer = async ({ body, headers }) => (await heard(body, headers), new Response());
  const hooks = { ...base, getNodeWebhookUrl: () => receiver.url } as unknown as HookContext;
  const { default: methods } = trigger.webhookMethods;
  expect(await methods.checkExists.call(hooks)).toBe(false);
  await methods.create.call(hooks);
  expect(await methods.checkExists.call(hooks)).toBe(true);
  await bot.contact().says("hi", { to: bot.phone });
  await bot.contact().says("are you open?", { to: bot.phone });
  await receiver.until(() => started.flat().length === 2, "the workflow");
  expect(started.flat().map(({ data }) => (data as { content: { text: string } }).content.text)).toEqual([
    "hi",
    "are you open?",
  ]);
  const [first] = receiver.all;
  if (first === undefined) throw new Error("nothing came");
  await heard(first.body.replace("hi", "ho"), first.headers);
  expect([answers, started.flat().length]).toEqual([[401], 2]);
  const id = kept["id"] as string;
  await methods.delete.call(hooks);
  expect((await bot.call("GET", `/v1/webhooks/${id}`)).status).toBe(404);
  expect(await methods.checkExists.call(hooks)).toBe(false);
  await receiver.stop();
});
