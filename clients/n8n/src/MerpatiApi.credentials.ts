import type { Field } from "./n8n.ts";

/** The bot's address and a key. */
export class MerpatiApi {
  readonly name = "merpatiApi";
  readonly displayName = "Merpati API";
  readonly properties: readonly Field[] = [
    {
      displayName: "URL",
      name: "url",
      type: "string",
      default: "http://localhost:3000",
      required: true,
      description: "Where the bot is",
    },
    {
      displayName: "API Key",
      name: "key",
      type: "string",
      default: "",
      required: true,
      typeOptions: { password: true },
      description: "A key with the scopes read, send and manage: merpati key new",
    },
  ];
  readonly authenticate = {
    type: "generic",
    properties: { headers: { "x-api-key": "={{$credentials.key}}" } },
  } as const;
  readonly test = { request: { baseURL: "={{$credentials.url}}", url: "/v1/devices" } } as const;
}
