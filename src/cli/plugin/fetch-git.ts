import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import { systemClock } from "../../composition/system.ts";
import type { Allowed } from "../../net/allowed.ts";
import { openAddresses } from "../../net/fetch.ts";
import { resolver } from "../../net/resolve.ts";
import type { PluginAddress } from "./address.ts";
import { type PluginParcel, parcelLimits as limits, scriptName } from "./parcel.ts";

/** What a pack may take on the disk while it is fetched: 20 MB in the 512-byte blocks of `ulimit`. */
const packBlocks = 40_960;
const indexes = ["index.ts", "index.tsx", "index.js", "index.mjs"];

interface Entry {
  mode: string;
  hash: string;
  size: number;
  path: string;
}

/**
 * A plugin of a git repository at one commit, by the `git` of this machine, which checks what comes against the hash. It
 * connects to addresses that were checked before and follows no redirect. Throws `invalid`, `unavailable`, `too_large`,
 * `not_found`.
 */
export async function fetchGit({ url, hash, path }: PluginAddress, allowed: Allowed): Promise<PluginParcel> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = await openAddresses(host, allowed, resolver(systemClock), AbortSignal.timeout(10_000));
  const pinned = addresses.map((each) => (each.includes(":") ? `[${each}]` : each)).join(",");
  const folder = mkdtempSync(join(tmpdir(), "merpati-git-"));
  const git = (input: string | null, ...args: string[]) => runGit(folder, input, args);
  try {
    await git(null, "init", "--quiet", "--bare", ...(hash.length === 64 ? ["--object-format=sha256"] : []));
    const target = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}:${pinned}`;
    const guards = ["-c", `http.curloptResolve=${target}`, "-c", "http.followRedirects=false"];
    const checks = ["-c", "fetch.fsckObjects=true", "-c", "fetch.unpackLimit=1"];
    await git(null, ...guards, ...checks, "fetch", "--quiet", "--depth=1", "--no-tags", url, hash);
    const listed = await git(null, "ls-tree", "-r", "-l", "-z", "--full-tree", hash);
    const entries = new TextDecoder().decode(listed).split("\0").filter(Boolean).map(entryIn);
    const { wanted, entry, isFolder } = chosen(entries, path);
    return { files: await contentsOf(wanted, git), entry, isFolder };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `git` with none of the settings of this machine or user, in a folder of its own. */
async function runGit(folder: string, input: string | null, args: readonly string[]): Promise<Uint8Array> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "https:http",
  };
  const script = 'ulimit -f "$1" && shift && exec git "$@"';
  const child = Bun.spawn(["sh", "-c", script, "sh", String(packBlocks), ...args], {
    cwd: folder,
    env,
    stdin: input === null ? "ignore" : new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
    timeout: limits.ms,
  });
  const [out, err] = await Promise.all([new Response(child.stdout).bytes(), new Response(child.stderr).text()]);
  const exit = await child.exited;
  if (exit === 0) return out;
  if (exit === 127) throw new Failure("unavailable", "There is no git on this machine, which brings repositories.");
  const said = err.trim().split("\n").at(-1) ?? "";
  const why =
    child.signalCode === "SIGXFSZ" || /died of signal 25|file size limit|too large/i.test(err)
      ? "it is larger than 20 MB"
      : said;
  throw new Failure("unavailable", `The repository cannot be fetched at that commit: ${why || "it took too long"}.`);
}

function entryIn(line: string): Entry {
  const [, mode = "", hash = "", size = "", path = ""] = /^(\d+) \w+ (\w+) +(\S+)\t([^]*)$/.exec(line) ?? [];
  return { mode, hash, size: Number(size), path };
}

/** What of a repository the plugin is. Paths become those in its own folder. */
function chosen(entries: readonly Entry[], path: string | null): { wanted: Entry[]; entry: string; isFolder: boolean } {
  const file = entries.find((each) => each.path === path);
  if (file && path !== null) {
    const name = basename(path);
    if (!scriptName.test(name)) throw new Failure("invalid", `#${path} is no plugin: its name ends in .ts or .js.`);
    return { wanted: checked([{ ...file, path: name }]), entry: name, isFolder: false };
  }
  const start = path === null ? "" : `${path}/`;
  const below = entries
    .filter((each) => each.path.startsWith(start))
    .map((each) => ({ ...each, path: each.path.slice(start.length) }));
  const entry = indexes.find((name) => below.some((each) => each.path === name));
  if (entry !== undefined) return { wanted: checked(below), entry, isFolder: true };
  const scripts = entries.map((each) => each.path).filter((each) => /^[^.][^/]*\.ts$|\/index\.ts$/.test(each));
  const there = scripts.slice(0, 10).join(", ") || "none";
  throw new Failure(
    "not_found",
    `There is no plugin at ${path === null ? "the root" : `#${path}`}. Say where it is, by #<path>. There are: ${there}.`,
  );
}

function checked(wanted: readonly Entry[]): Entry[] {
  const odd = wanted.find(({ mode }) => mode !== "100644" && mode !== "100755");
  if (odd) throw new Failure("invalid", `${odd.path} is a link or another repository, which no plugin may have.`);
  const astray = wanted.find(({ path }) => path.split("/").some((part) => ["", ".", "..", ".git"].includes(part)));
  if (astray) throw new Failure("invalid", `${astray.path} is no path that a plugin may have.`);
  const size = wanted.reduce((sum, each) => sum + each.size, 0);
  if (wanted.length <= limits.files && size <= limits.all) return [...wanted];
  throw new Failure(
    "too_large",
    `It has ${wanted.length} files of ${(size / 1e6).toFixed(1)} MB; a plugin has at most ${limits.files}, of ${limits.all / 1e6} MB.`,
  );
}

type Git = (input: string | null, ...args: string[]) => Promise<Uint8Array>;

/** Byte for byte, as the hash has them: no attribute of the repository alters what is installed. */
async function contentsOf(wanted: readonly Entry[], git: Git): Promise<Map<string, Uint8Array>> {
  const out = await git(wanted.map(({ hash }) => `${hash}\n`).join(""), "cat-file", "--batch");
  const files = new Map<string, Uint8Array>();
  let at = 0;
  for (const { path, size } of wanted) {
    // `<hash> blob <size>`, the contents, and a line's end.
    const begin = out.indexOf(10, at) + 1;
    files.set(path, out.slice(begin, begin + size));
    at = begin + size + 1;
  }
  return files;
}
