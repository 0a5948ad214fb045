/** Cold start of the binary in an empty folder: until it listens, and until a request is answered. `bun bench/start.ts [times]` */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../test/cli/binary.ts";
import { megabytes, round, type Row, show } from "./table.ts";

interface Started {
  listening: number;
  answered: number;
  memory: number;
}

export async function start(times = 15): Promise<Row[]> {
  const binary = await compile();
  try {
    await once(binary.path); // the first one reads the file from the disk
    const runs: Started[] = [];
    for (let run = 0; run < times; run++) runs.push(await once(binary.path));
    const median = (key: keyof Started) => runs.map((run) => run[key]).sort((a, b) => a - b)[times >> 1] ?? 0;
    return [
      { what: "cold start of the binary, until it listens", value: round(median("listening")), unit: "ms" },
      { what: "cold start of the binary, until a call is answered", value: round(median("answered")), unit: "ms" },
      { what: "the binary's memory then", value: megabytes(median("memory")), unit: "MB" },
    ];
  } finally {
    binary.dispose();
  }
}

async function once(path: string): Promise<Started> {
  const cwd = mkdtempSync(join(tmpdir(), "merpati-start-"));
  const key = "a-key-for-the-bench-0123456789";
  const env = { PORT: "0", HOST: "127.0.0.1", API_KEY: key, LOG_LEVEL: "error", WHATSAPP_URL: "ws://127.0.0.1:9/" };
  const begun = performance.now();
  const bot = Bun.spawn([path], {
    cwd,
    env: { ...env, WHATSAPP_ROOT_KEY: "00".repeat(32) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await listening(bot.stdout);
  const listens = performance.now() - begun;
  await (await fetch(`${url}/v1/devices`, { headers: { "x-api-key": key } })).text();
  const answered = performance.now() - begun;
  const pages = Number((await Bun.file(`/proc/${bot.pid}/statm`).text()).split(" ")[1]);
  bot.kill(9);
  await bot.exited;
  rmSync(cwd, { recursive: true });
  return { listening: listens, answered, memory: pages * 4096 };
}

async function listening(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let said = "";
  for await (const chunk of output) {
    said += decoder.decode(chunk, { stream: true });
    const [, url] = /listens on (http\S+)/.exec(said) ?? [];
    if (url) return url;
  }
  throw new Error(`the binary ended: ${said}`);
}

if (import.meta.main) {
  show(await start(...process.argv.slice(2).map(Number)));
  process.exit(0);
}
