import type { Node } from "./n8n.ts";
import { operations } from "./operations.ts" with { type: "macro" };

/** Every call of the native API. n8n makes the requests by what each field says. */
export class Merpati implements Node {
  readonly description: Node["description"] = {
    displayName: "Merpati",
    name: "merpati",
    icon: "fa:dove",
    group: ["transform"],
    version: 1,
    subtitle: '={{$parameter["operation"]}}',
    description: "Send and read WhatsApp messages with Merpati",
    defaults: { name: "Merpati" },
    inputs: ["main"],
    outputs: ["main"],
    credentials: [{ name: "merpatiApi", required: true }],
    requestDefaults: {
      baseURL: "={{$credentials.url}}",
      headers: { accept: "application/json", "content-type": "application/json" },
    },
    properties: operations(),
  };
}
