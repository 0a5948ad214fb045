import { loadConfig } from "../../config/config.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import { secretBytes } from "../../core/webhooks/webhook-secret.ts";
import { listening } from "../../server/listening.ts";
import { verdictOn } from "../../webhooks/verify.ts";
import { print, printable } from "../base/command.ts";
import { stopRequested } from "../base/run-bot.ts";
import { secretFrom } from "../base/secret-file.ts";
import { keptWebhooks } from "./list.ts";

/** A receiver for development: prints what comes and whether its signature is right, until Ctrl-C. */
export async function listen({ port, secretFile }: { port: number; secretFile?: string | undefined }): Promise<void> {
  const secret = secretFile === undefined ? undefined : secretFrom(secretFile, "--secret-file");
  const said = secret ?? loadConfig().webhookSecret;
  if (said !== null) secretBytes(said, secret === undefined ? "WEBHOOK_SECRET" : "--secret-file");
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
          for (const each of eachIn(body)) print(shown(each, verdict));
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
  return verdict === "wrong signature" && secrets.length === 0
    ? "no secret is known: use --secret-file=<file>"
    : verdict;
}

async function knownSecrets(): Promise<string[]> {
  const said = loadConfig().webhookSecret;
  const kept = (await keptWebhooks()).flatMap(({ secrets }) => secrets.map((each) => each.secret));
  return said === null ? kept : [said, ...kept];
}

/** The events of a list, each as a text of its own. */
function eachIn(body: string): string[] {
  try {
    const list: unknown = JSON.parse(body);
    return Array.isArray(list) ? list.map((event) => JSON.stringify(event)) : [body];
  } catch {
    return [body];
  }
}

function shown(body: string, verdict: string): string {
  const event = eventIn(body);
  if (event === null) return `\nnot an event of Merpati (${verdict}): ${printable(body.slice(0, 200))}`;
  const { type, device, seq, timestamp, data } = event;
  const where = seq === null ? (device ?? "-") : `${device ?? "-"} #${seq}`;
  return `\n${printable(`${timestamp}  ${type}  ${where}`)}  (${verdict})\n${JSON.stringify(data, null, 2)}`;
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
