import { parseArgs } from "node:util";
import type { BotEvent } from "../../core/events.ts";
import { Failure } from "../../core/failure.ts";
import { secretBytes } from "../../core/webhook-secret.ts";
import { verdictOn } from "../../webhooks/verify.ts";
import { print } from "../command.ts";
import { asked } from "../run-bot.ts";
import { keptWebhooks } from "./list.ts";

/** A receiver for development: prints what comes and whether its signature is right, until Ctrl-C. */
export async function listen(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { port: { type: "string", default: "4040" }, secret: { type: "string" } },
  });
  if (!/^\d{1,5}$/.test(values.port)) throw new Failure("invalid", "--port takes a number from 0 to 65535.");
  const secrets = await knownSecrets(values.secret);
  const server = Bun.serve({
    port: Number(values.port),
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = await request.text();
      const verdict = verdictOn(body, Object.fromEntries(request.headers), secrets, Date.now());
      print(shown(body, verdict));
      return new Response(`${verdict}\n`, { status: verdict === "verified" ? 200 : 401 });
    },
  });
  print(`Waiting for webhooks on ${server.url.href}`);
  print(`Point the bot here with WEBHOOK_URL=${server.url.href} (Ctrl-C ends)`);
  await asked();
  await server.stop(true);
}

async function knownSecrets(secret: string | undefined): Promise<string[]> {
  if (secret === undefined) return (await keptWebhooks()).flatMap(({ secrets }) => secrets.map((each) => each.secret));
  secretBytes(secret, "--secret");
  return [secret];
}

function shown(body: string, verdict: string): string {
  try {
    const { type, device, seq, timestamp, data } = JSON.parse(body) as BotEvent;
    const where = seq === null ? (device ?? "-") : `${device ?? "-"} #${seq}`;
    return `\n${timestamp}  ${type}  ${where}  (${verdict})\n${JSON.stringify(data, null, 2)}`;
  } catch {
    return `\nnot an event of Merpati (${verdict}): ${body.slice(0, 200)}`;
  }
}
