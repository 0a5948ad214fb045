/**
 * The one command that checks the project: format, types, lint, then every test. `CI=true` makes a skip a failure.
 * `--long` is the large size: what `full` says, and after the tests what `long.ts` lists.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { LONG } from "./long.ts";

const bun = process.execPath;
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Programs that a machine need not have, and what is not run without each. */
const optional: Readonly<Record<string, string>> = {
  python3: "its snippets in docs/",
  php: "its snippets in docs/",
  go: "its snippets in docs/",
  nginx: "its recipe in docs/operating.md",
  caddy: "its recipe in docs/operating.md",
  promtool: "its look at metrics and rules",
  "systemd-analyze": "its look at the unit",
};

async function run(command: string[], env: Record<string, string> = {}): Promise<number> {
  return Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } }).exited;
}

interface Tally {
  passed: number;
  failed: number;
  skipped: string[];
}

/** Test files at a time. Each starts bots and browsers of its own, so a large machine gains nothing from more. */
const workers = Math.min(4, availableParallelism());

/** What a run should have removed from the folder for scratch files. Dot files and Chromium's sound folders are not ours. */
const leftIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => !name.startsWith(".") && !name.startsWith("pulse-"));

/** Reads bun's own report; its closing lines on the terminal are for people. */
export function tally(xml: string, exitCode: number): Tally {
  const head = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failures = count("failures") + count("errors");
  const skipped = [...xml.matchAll(/<testcase name="([^"]*)"[^>]*>\s*<skipped/g)].map(([, name]) => name ?? "?");
  return {
    passed: count("tests") - failures - count("skipped"),
    // A test file that fails to load is in no report; only the exit code knows.
    failed: failures || (exitCode === 0 ? 0 : 1),
    skipped,
  };
}

async function tests(args: string[]): Promise<Tally & { left: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "merpati-check-"));
  const [report, scratch] = [join(folder, "junit.xml"), mkdtempSync(join(folder, "tmp-"))];
  try {
    const parallel = [`--parallel=${workers}`, "--no-isolate"];
    const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
    const command = [bun, "test", "--timeout=20000", ...parallel, ...reporter, ...args];
    const code = await run(command, { TMPDIR: scratch });
    const file = Bun.file(report);
    return { ...tally((await file.exists()) ? await file.text() : "", code), left: leftIn(scratch) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sizes that only `--long` has time for. */
const full = { SIGNAL_FUZZ_STEPS: "1000000", MEDIA_MUTANTS: "10", CRASH_SCALE: "4" };

async function main(): Promise<void> {
  const stages: [string, string[]][] = [
    ["format", [bun, "fmt", "--no-script", "--check"]],
    ["types", [bun, "check", "--no-script"]],
    ["lint", [bun, "x", "--no-install", "oxlint", "--type-aware"]],
  ];
  let passed = 0;
  let failed = 0;
  for (const [name, command] of stages) {
    say(`— ${name}`);
    if ((await run(command)) === 0) passed += 1;
    else failed += 1;
  }
  say("— tests");
  const args = process.argv.slice(2);
  const long = args.includes("--long");
  if (long) Object.assign(process.env, full);
  const result = await tests(args.filter((arg) => arg !== "--long"));
  passed += result.passed;
  failed += result.failed;
  for (const [name, command] of long ? LONG : []) {
    say(`— ${name}`);
    if ((await run([...command])) === 0) passed += 1;
    else failed += 1;
  }
  if (result.left.length > 0) {
    say(`\n!!! LEFT BEHIND in the folder for scratch files: ${result.left.join(", ")}`);
    failed += 1;
  }
  if (result.skipped.length > 0) {
    say(`\n!!! SKIPPED ${result.skipped.length}: this machine lacks what they need (a browser?):`);
    for (const name of result.skipped) say(`!!!   ${name}`);
    if (process.env["CI"] === "true") {
      say("!!! CI=true: a skip counts as a failure.");
      failed += result.skipped.length;
    }
  }
  const isHere = (name: string) => Bun.which(name, { PATH: `${process.env["PATH"]}:/usr/sbin` }) !== null;
  for (const [name, what] of Object.entries(optional))
    if (!isHere(name)) say(`!!! NOT RUN, since there is no ${name} here: ${what}.`);
  say(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

if (import.meta.main) await main();
