import { parseArgs } from "node:util";
import { loadConfig } from "../../config/config.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import { secretBytes } from "../../core/webhooks/webhook-secret.ts";
import { listening } from "../../server/listening.ts";
import { verdictOn } from "../../webhooks/verify.ts";
import { print } from "../base/command.ts";
import { stopRequested } from "../base/run-bot.ts";
import { keptWebhooks } from "./list.ts";

/** A receiver for development: prints what comes and whether its signature is right, until Ctrl-C. */
export async function listen(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { port: { type: "string", default: "4040" }, secret: { type: "string" } },
  });
  const { secret } = values;
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535)
    throw new Failure("invalid", "--port takes a number from 0 to 65535.");
  const said = secret ?? loadConfig().webhookSecret;
  if (said !== null) secretBytes(said, secret === undefined ? "WEBHOOK_SECRET" : "--secret");
  const server = listening(
    port,
    () =>
      Bun.serve({
        port,
        hostname: "127.0.0.1",
        reusePort: false,
        async fetch(request) {
          const body = await request.text();
          const verdict = await judged(body, Object.fromEntries(request.headers), secret);
          print(shown(body, verdict));
          return new Response(`${verdict}\n`, { status: verdict === "verified" ? 200 : 401 });
        },
      }),
    "use --port=<another>, or --port=0 for a free one",
  );
  print(`Waiting for webhooks on ${server.url.href}`);
  print(`Point the bot here with WEBHOOK_URL=${server.url.href} (Ctrl-C ends)`);
  await stopRequested();
  await server.stop(true);
}

/** The bot may make a secret, or rotate one, while this waits: so they are looked up for each delivery. */
async function judged(body: string, headers: Record<string, string>, secret: string | undefined) {
  const secrets = secret === undefined ? await knownSecrets() : [secret];
  const verdict = verdictOn(body, headers, secrets, Date.now());
  return verdict === "wrong signature" && secrets.length === 0 ? "no secret is known: use --secret=<secret>" : verdict;
}

async function knownSecrets(): Promise<string[]> {
  const said = loadConfig().webhookSecret;
  const kept = (await keptWebhooks()).flatMap(({ secrets }) => secrets.map((each) => each.secret));
  return said === null ? kept : [said, ...kept];
}

function shown(body: string, verdict: string): string {
  const event = eventIn(body);
  if (event === null) return `\nnot an event of Merpati (${verdict}): ${harmless(body.slice(0, 200))}`;
  const { type, device, seq, timestamp, data } = event;
  const where = seq === null ? (device ?? "-") : `${device ?? "-"} #${seq}`;
  return `\n${harmless(`${timestamp}  ${type}  ${where}`)}  (${verdict})\n${JSON.stringify(data, null, 2)}`;
}

function eventIn(body: string): BotEvent | null {
  try {
    const { id, type, timestamp, ...rest } = JSON.parse(body) as BotEvent;
    const isEvent = [id, type, timestamp].every((each) => typeof each === "string");
    return isEvent ? { id, type, timestamp, ...rest } : null;
  } catch {
    return null;
  }
}

/** Anybody may post here: what a terminal takes for a command shall not reach it. */
const harmless = (text: string): string => text.replace(/\p{Cc}/gu, " ");
