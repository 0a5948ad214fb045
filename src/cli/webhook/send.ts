import { version } from "../../../package.json" with { type: "json" };
import { loadConfig } from "../../config/config.ts";
import { type Endpoint, plainDelivery } from "../../core/ports/endpoint.ts";
import { exampleOf } from "../../core/model/events/event-schema.ts";
import { eventTypes } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import { checkDraft } from "../../core/webhooks/webhook-draft.ts";
import { guardedFetch } from "../../net/fetch.ts";
import { systemClock } from "../../composition/system.ts";
import { eventBody } from "../../api/v1/event-body.ts";
import { poster } from "../../webhooks/post.ts";
import { print } from "../base/command.ts";
import { secretFrom } from "../base/secret-file.ts";
import { keptWebhooks } from "./list.ts";

interface Sending {
  to?: string | undefined;
  secretFile?: string | undefined;
}

/** Posts an example of an event, signed, and prints what the receiver made of it. Exit code 1 when it did not take it. */
export async function send(name: string, { to, secretFile }: Sending): Promise<void> {
  const type = eventTypes.find((each) => each === name);
  if (type === undefined) throw new Failure("invalid", `send takes an event type: ${eventTypes.join(", ")}.`);
  const webhooks = await keptWebhooks();
  const { webhookUrl, webhookSecret } = loadConfig();
  const url = to ?? webhooks[0]?.url ?? webhookUrl[0];
  if (url === undefined) throw new Failure("invalid", "send takes --to=<url> when there is no webhook yet.");
  const known = webhooks.find((webhook) => webhook.url === url);
  const given = secretFile === undefined ? undefined : secretFrom(secretFile, "--secret-file");
  const secret = given ?? known?.secrets[0]?.secret ?? webhookSecret;
  if (secret === null) throw new Failure("invalid", `send takes --secret-file=<file>: no webhook for ${url} is known.`);
  checkDraft({ url, secret });
  const event = { ...exampleOf(type), id: Bun.randomUUIDv7(), timestamp: new Date().toISOString() };
  const post = poster(guardedFetch({ clock: systemClock }), { clock: systemClock, version, bodyOf: eventBody });
  const outcome = await post(endpoint(url, secret, known?.headers), [event], new AbortController().signal);
  print(outcome.ok ? `taken: status ${outcome.status}` : `not taken: ${outcome.error}`);
  if (outcome.response) print(outcome.response);
  process.exitCode = outcome.ok ? 0 : 1;
}

/** Whoever types an address means it: no allow-list. */
function endpoint(url: string, secret: string, headers: Endpoint["headers"] = {}): Endpoint {
  const now = systemClock.now();
  return {
    id: "cli",
    tenant: "default",
    url,
    description: null,
    events: ["*"],
    devices: null,
    ...plainDelivery,
    headers,
    secrets: [{ secret, expiresAt: null }],
    state: "active",
    reason: null,
    origin: "environment",
    failingSince: null,
    createdAt: now,
    updatedAt: now,
  };
}
