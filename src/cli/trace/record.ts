import { type FileHandle, open } from "node:fs/promises";
import { parseArgs } from "node:util";
import { version } from "../../../package.json" with { type: "json" };
import { Failure } from "../../core/base/failure.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import { type Command, print } from "../base/command.ts";
import { stopRequested } from "../base/run-bot.ts";
import { RunningBot } from "../base/running-bot.ts";
import { traceFormat } from "./trace-file.ts";

const usage = "<file.jsonl> [--device=default] [--minutes=n] [--tenant=t] [--url=http://…] [--key=…]";

export const recordCommand: Command = {
  usage,
  about:
    "Records what WhatsApp sends to a device of the running bot, without anything personal: JIDs, texts and bytes become tokens. (`merpati plugin record` records events, with what they say.)",
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        device: { type: "string", default: "default" },
        tenant: { type: "string", default: homeTenant },
        minutes: { type: "string" },
        url: { type: "string" },
        key: { type: "string" },
      },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Failure("invalid", `Usage: merpati record ${usage}`);
    const ms = values.minutes === undefined ? null : minutes(values.minutes) * 60_000;
    const names = [values.tenant, "devices", values.device].map(encodeURIComponent).join("/");
    const bot = new RunningBot(values.url, values.key);
    await record(file, ms, (signal) => bot.follow(`/v1/admin/tenants/${names}/trace`, signal));
  },
};

function minutes(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new Failure("invalid", `--minutes takes a whole number of minutes, not "${text}".`);
  return Number(text);
}

type Follow = (signal: AbortSignal) => Promise<AsyncGenerator<string, void>>;

/** Writes entries until Ctrl-C, or until the time is over. */
async function record(file: string, ms: number | null, follow: Follow): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  const entries = await follow(over.signal);
  let count = 0;
  {
    await using out = await created(file);
    await out.write(`${JSON.stringify({ [traceFormat]: 1, merpati: version })}\n`);
    print(`Recording to ${file}. Ctrl-C ends.`);
    if (ms !== null) setTimeout(end, ms).unref();
    stopRequested().then(end, end);
    for await (const entry of entries) {
      await out.write(`${entry}\n`);
      count++;
    }
  }
  print(`${count} entries. Look through ${file} before you give it away.`);
}

async function created(file: string): Promise<FileHandle> {
  try {
    return await open(file, "wx", 0o600);
  } catch (cause) {
    const there = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const why = there ? "is there already: name another file" : "cannot be written";
    throw new Failure("invalid", `${file} ${why}.`, { cause });
  }
}
