import { type FileHandle, open } from "node:fs/promises";
import { version } from "../../../package.json" with { type: "json" };
import { Failure } from "../../core/base/failure.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import { command, print, wholeNumber } from "../base/command.ts";
import { stopRequested } from "../base/run-bot.ts";
import { reachingTenant, RunningBot } from "../base/running-bot.ts";
import { traceFormat } from "./trace-file.ts";

export const recordCommand = () =>
  reachingTenant(
    command(
      "record",
      "Records what WhatsApp sends to a device of the running bot, without anything personal: JIDs, texts and bytes become tokens. (`merpati plugin record` records events, with what they say.)",
    )
      .argument("<file>", "The file to write, e.g. trace.jsonl.")
      .option("--device <id>", "Which device.", "default")
      .option("--minutes <n>", "How long; until Ctrl-C when left out.", wholeNumber("--minutes", 1, 9_999)),
  ).action(async (file, { device, minutes, ...which }) => {
    const tenant = which.tenant ?? homeTenant;
    const names = [tenant, "devices", device].map(encodeURIComponent).join("/");
    const bot = RunningBot.find({ ...which, tenant: undefined });
    const ms = minutes === undefined ? null : minutes * 60_000;
    await record(file, ms, (signal) => bot.follow(`/v1/admin/tenants/${names}/trace`, signal));
  });

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
