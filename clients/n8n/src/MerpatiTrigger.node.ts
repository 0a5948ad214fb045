import { createHmac, timingSafeEqual } from "node:crypto";
import type { HookContext, HttpAsk, Node, WebhookContext } from "./n8n.ts";
import { eventChoices } from "./operations.ts" with { type: "macro" };

/** How old a delivery may be, seconds. */
const tolerance = 300;

interface Kept {
  id?: string;
  secret?: string;
}

async function ask(context: HookContext, method: string, path: string, body?: object): Promise<unknown> {
  const { url = "" } = await context.getCredentials("merpatiApi");
  const request: HttpAsk = { method, url: `${url.replace(/\/+$/, "")}${path}`, json: true, ...(body ? { body } : {}) };
  return context.helpers.httpRequestWithAuthentication.call(context, "merpatiApi", request);
}

/** Whether the bot signed it with the secret of this webhook. */
function isSigned(body: Uint8Array, headers: Readonly<Record<string, string | undefined>>, secret: string): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (id === undefined || timestamp === undefined || signatures === undefined) return false;
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= tolerance)) return false;
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(" ").some((each) => {
    const given = Buffer.from(each.replace(/^v1,/, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** Starts a workflow with each event, or with several: each event is an item. */
export class MerpatiTrigger implements Node {
  readonly description: Node["description"] = {
    displayName: "Merpati Trigger",
    name: "merpatiTrigger",
    icon: "fa:dove",
    group: ["trigger"],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ")}}',
    description: "Starts a workflow when something happens on WhatsApp",
    defaults: { name: "Merpati Trigger" },
    inputs: [],
    outputs: ["main"],
    credentials: [{ name: "merpatiApi", required: true }],
    webhooks: [{ name: "default", httpMethod: "POST", responseMode: "onReceived", path: "webhook" }],
    properties: [
      {
        displayName: "Events",
        name: "events",
        type: "multiOptions",
        default: ["message.received"],
        required: true,
        options: eventChoices(),
      },
      {
        displayName: "Options",
        name: "options",
        type: "collection",
        default: {},
        options: [
          {
            displayName: "Devices",
            name: "devices",
            type: "string",
            default: "",
            placeholder: "shop-1,shop-2",
            description: "Ids of devices with commas; every device when empty",
          },
          {
            displayName: "Chats",
            name: "chats",
            type: "multiOptions",
            default: [],
            options: ["person", "group", "channel", "status"].map((value) => ({ name: value, value })),
            description: "Of what happens in chats only these; all when empty",
          },
          {
            displayName: "What a Chat Writes in a Row",
            name: "pause",
            type: "number",
            default: 3,
            typeOptions: { minValue: 0, maxValue: 60 },
            description:
              "Seconds: what one chat writes until it pauses for so long starts the workflow once; 0: each by itself",
          },
          {
            displayName: "Put Small Files in the Event",
            name: "inline",
            type: "number",
            default: 256,
            typeOptions: { minValue: 0, maxValue: 1_024 },
            description: "Kilobytes: files up to this stand in the event, in base64; 0: none",
          },
        ],
      },
    ],
  };

  readonly webhookMethods = {
    default: {
      async checkExists(this: HookContext): Promise<boolean> {
        const { id } = this.getWorkflowStaticData("node") as Kept;
        if (id === undefined) return false;
        try {
          const found = (await ask(this, "GET", `/v1/webhooks/${id}`)) as { data: { url: string } };
          return found.data.url === this.getNodeWebhookUrl("default");
        } catch {
          return false; // removed at the bot: another one is made
        }
      },
      async create(this: HookContext): Promise<boolean> {
        const events = this.getNodeParameter("events") as string[];
        const options = this.getNodeParameter("options", {}) as Options;
        const made = (await ask(this, "POST", "/v1/webhooks", {
          url: this.getNodeWebhookUrl("default"),
          description: "n8n",
          events,
          ...wishes(options),
        })) as { data: { id: string; secret: string } };
        Object.assign(this.getWorkflowStaticData("node"), { id: made.data.id, secret: made.data.secret });
        return true;
      },
      async delete(this: HookContext): Promise<boolean> {
        const kept = this.getWorkflowStaticData("node") as Kept;
        if (kept.id === undefined) return true;
        await ask(this, "DELETE", `/v1/webhooks/${kept.id}`).catch(() => {}); // gone already
        delete kept.id;
        delete kept.secret;
        return true;
      },
    },
  };

  async webhook(this: WebhookContext): Promise<{ workflowData?: { json: object }[][]; noWebhookResponse?: true }> {
    const { secret } = this.getWorkflowStaticData("node") as Kept;
    const { rawBody, headers } = this.getRequestObject();
    if (secret === undefined || !isSigned(rawBody, headers, secret)) {
      this.getResponseObject().status(401).send("not signed");
      return { noWebhookResponse: true };
    }
    const events = [JSON.parse(Buffer.from(rawBody).toString()) as object | object[]].flat();
    return { workflowData: [events.map((json) => ({ json }))] };
  }
}

interface Options {
  devices?: string;
  chats?: string[];
  pause?: number;
  inline?: number;
}

/** As the bot takes it. */
function wishes({ devices = "", chats = [], pause = 0, inline = 0 }: Options): object {
  const ids = devices
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
  return {
    ...(ids.length > 0 ? { devices: ids } : {}),
    ...(chats.length > 0 ? { chats } : {}),
    ...(pause > 0 ? { burst: { pause_ms: Math.round(pause * 1_000) } } : {}),
    ...(inline > 0 ? { inline_kb: inline } : {}),
  };
}
