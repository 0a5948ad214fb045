/**
 * Plays one linked device on stock Baileys against a simulated server, steered over stdin and stdout as the program on
 * whatsmeow is: a command a line in, an answer, an event or a line of the log a line out, all JSON.
 */
import type { WASocket } from "@whiskeysockets/baileys";
import { createInterface } from "node:readline";
import { Memory } from "./memory.ts";
import { stockBaileys } from "../../stock/baileys.ts";
import type { With } from "../player.ts";
import { deeds } from "./deeds.ts";
import { type Say, tell } from "./events.ts";

/** What stock Baileys offers. */
export type Baileys = Awaited<ReturnType<typeof stockBaileys>>;

/** How a player reaches its server, its library and what it has heard. */
export interface Stagehand {
  readonly baileys: Baileys;
  readonly memory: Memory;
  readonly say: Say;
  readonly socket: () => WASocket;
  readonly connect: () => void;
  readonly disconnect: () => Promise<void>;
}

const say: Say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** A logger of pino's kind that passes on complaints. */
function logger() {
  const line = (log: string) => (what: unknown, text?: string) => {
    const error = typeof what === "object" && what !== null && "err" in what ? ` ${String(what.err)}` : "";
    say({ log, module: "", text: `${typeof what === "string" ? what : (text ?? "")}${error}` });
  };
  const silent = () => {};
  const self = { level: "warn", trace: silent, debug: silent, info: silent, warn: line("WARN"), error: line("ERROR") };
  return { ...self, child: logger };
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const { url, rootKey } = JSON.parse(String((await lines.next()).value)) as { url: string; rootKey: string };
  const baileys = await stockBaileys();
  baileys.WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, "hex");
  const memory = new Memory(baileys);
  let socket: WASocket | undefined;
  let leaving = false;
  const connect = (): void => {
    leaving = false;
    const { creds, keys } = memory;
    const fresh = baileys.makeWASocket({
      waWebSocketUrl: url,
      auth: { creds, keys },
      logger: logger(),
      getMessage: async ({ id }) => memory.sent.get(id ?? ""),
    });
    socket = fresh;
    fresh.ev.process((events) => {
      if (events["creds.update"]) Object.assign(memory.creds, events["creds.update"]);
      const ended = tell(events, memory, say);
      if (socket === fresh && ended === "again" && !leaving) connect();
    });
  };
  const hand: Stagehand = {
    baileys,
    memory,
    say,
    connect,
    socket: () => {
      if (!socket) throw new Error("not connected");
      return socket;
    },
    disconnect: async () => {
      leaving = true;
      await socket?.end(undefined);
    },
  };
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const { id, do: deed, with: how } = JSON.parse(next.value) as { id: number; do: string; with?: With };
    const done = Promise.resolve().then(() => {
      const act = deeds[deed];
      if (!act) throw new Error(`nobody taught Baileys to ${deed}`);
      return act(hand, how ?? {});
    });
    done.then(
      (result) => say({ answer: id, result: result ?? null }),
      (cause: unknown) => say({ answer: id, error: cause instanceof Error ? cause.message : String(cause) }),
    );
  }
  process.exit(0);
}

await main();
