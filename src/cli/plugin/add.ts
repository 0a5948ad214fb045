import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import { Failure } from "../../core/base/failure.ts";
import { systemClock } from "../../composition/system.ts";
import { Allowed } from "../../net/allowed.ts";
import { guardedFetch } from "../../net/fetch.ts";
import { PluginFault } from "../../plugins/contract/fault.ts";
import type { Manifest } from "../../plugins/contract/protocol.ts";
import { readManifests } from "../../plugins/lifecycle/manifests.ts";
import { sourceManifest } from "../../plugins/lifecycle/source-manifest.ts";
import { type PluginOrigin, PluginRecords } from "../../plugins/settings/plugin-records.ts";
import { print, printable } from "../base/command.ts";
import { withPluginStore } from "../base/data-folder.ts";
import { typedCommand } from "../base/own-command.ts";
import { type PluginAddress, pluginAddress } from "./address.ts";
import { confirm } from "./confirm.ts";
import { fetchFile } from "./fetch-file.ts";
import { fetchGit } from "./fetch-git.ts";
import { digestOf, filesAt, type PluginParcel, unpack } from "./parcel.ts";
import { ensureFolder, writeKit } from "./scaffold.ts";

/** What is there of that name already. */
interface Present {
  path: string;
  manifest: Manifest;
  origin: PluginOrigin | null;
}

/**
 * `merpati plugin add <address>@<hash>`: a plugin of somebody else, in exactly that version. What it may do is shown before
 * it is there, and what an update may do more; a new one is off until it is enabled. Whatever fails leaves all as it was.
 */
export async function addFrom(config: Config, text: string, yes: boolean, say = print): Promise<void> {
  const address = pluginAddress(text);
  const allowed = new Allowed(config.outboundAllow);
  const parcel =
    address.kind === "git"
      ? await fetchGit(address, allowed)
      : await fetchFile(address, guardedFetch({ clock: systemClock, allowed }));
  const manifest = await manifestIn(parcel);
  const dir = resolve(config.pluginsDir);
  const before = existsSync(dir) ? await present(config, dir, manifest.name) : null;
  const what = before ? updateWords(address, before, manifest) : newWords(address, manifest);
  if (yes) say(what);
  await confirm(what, before ? "Update it?" : "Add it?", yes);
  await ensureFolder(dir);
  await withPluginStore(config, async (store) => {
    const records = new PluginRecords(store.pluginData, dir);
    const path = place(dir, manifest.name, parcel);
    if (before === null && existsSync(path)) throw new Failure("conflict", `${path} exists already.`);
    const wanted = await records.wanted(manifest.name);
    try {
      // A new one is off, whatever it says of itself, before its file is there to be loaded.
      if (before === null) await records.want(manifest.name, false);
      swap(parcel, path, before?.path ?? null, dir);
    } catch (error) {
      await records.want(manifest.name, wanted);
      throw error;
    }
    const { url, hash, path: within } = address;
    await records.setOrigin(manifest.name, { url, path: within, hash, digest: digestOf(filesAt(path)) });
  });
  await writeKit(config.pluginsDir);
  const next = before
    ? "A running bot has it already."
    : `Switch it on with: ${typedCommand(`plugin enable ${manifest.name}`)}`;
  say(`${manifest.name} is ${before ? "updated" : "there"}. ${next}`);
}

/** Reads what it says of itself; nothing of it is run. Throws `invalid`. */
async function manifestIn({ files, entry, isFolder }: PluginParcel): Promise<Manifest> {
  const folder = mkdtempSync(join(tmpdir(), "merpati-plugin-"));
  try {
    unpack(files, folder);
    const manifest = await sourceManifest(join(folder, entry), folder);
    const source = new TextDecoder().decode(files.get(entry));
    const near = isFolder ? undefined : importsOf(source).find((path) => path.startsWith("."));
    if (near === undefined) return manifest;
    throw new Failure("invalid", `It imports "${printable(near)}", and is one file: it has to come as a repository.`);
  } catch (thrown) {
    if (!(thrown instanceof PluginFault)) throw thrown;
    const line = thrown.problem.line === null ? "" : ` (${entry}:${thrown.problem.line})`;
    throw new Failure("invalid", `It is no plugin: ${printable(thrown.message)}${line}. Nothing was changed.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const importsOf = (source: string): string[] =>
  new Bun.Transpiler({ loader: "tsx" }).scanImports(source).map(({ path }) => path);

async function present(config: Config, dir: string, name: string): Promise<Present | null> {
  const found = (await readManifests(dir)).find(({ manifest }) => manifest?.name === name);
  if (!found?.manifest) return null;
  const path = dirname(found.file) === dir ? found.file : dirname(found.file);
  const origin = await withPluginStore(config, (store) => new PluginRecords(store.pluginData, dir).origin(name));
  return { path, manifest: found.manifest, origin };
}

function newWords({ url, hash }: PluginAddress, { name, version, description, permissions }: Manifest): string {
  const asks = permissions.length > 0 ? `It asks for: ${permissions.join(", ")}.` : "It asks for nothing but replying.";
  const called = printable([name, version, description && `– ${description}`].filter(Boolean).join(" "));
  return `${called}\nfrom ${url}, ${hash.slice(0, 12)}. ${printable(asks)}`;
}

/** Throws `conflict` when what is there did not come from that address, or is that version. */
function updateWords({ url, path, hash }: PluginAddress, before: Present, after: Manifest): string {
  const { manifest, origin } = before;
  const { name } = manifest;
  if (origin === null || origin.url !== url || origin.path !== path)
    throw new Failure(
      "conflict",
      `There is a plugin "${name}" already, from ${origin === null ? "elsewhere" : origin.url}. Remove it first: ${typedCommand(`plugin remove ${name}`)}`,
    );
  const isAltered = digestOf(filesAt(before.path)) !== origin.digest;
  if (origin.hash === hash && !isAltered) throw new Failure("conflict", `${name} is there in that version already.`);
  const [more, less, same] = [
    after.permissions.filter((each) => !manifest.permissions.includes(each)),
    manifest.permissions.filter((each) => !after.permissions.includes(each)),
    after.permissions.filter((each) => manifest.permissions.includes(each)),
  ];
  const lines = [
    `${name}: ${manifest.version ?? origin.hash.slice(0, 12)} → ${after.version ?? hash.slice(0, 12)}`,
    more.length > 0 ? `It asks for more: ${more.join(", ")}.` : "It asks for nothing more.",
    less.length > 0 ? `No longer for: ${less.join(", ")}.` : "",
    same.length > 0 ? `As before for: ${same.join(", ")}.` : "",
    isAltered ? "It was altered here since it came: that is lost." : "",
  ];
  return lines.filter(Boolean).map(printable).join("\n");
}

const place = (dir: string, name: string, { entry, isFolder }: PluginParcel): string =>
  join(dir, isFolder ? name : `${name}${extname(entry)}`);

/** Puts it in its place in one step, beside which nobody sees a half; what was there comes back when that fails. */
function swap({ files, entry, isFolder }: PluginParcel, path: string, old: string | null, dir: string): void {
  // Nobody looks at what begins with a dot.
  const draft = mkdtempSync(join(dir, ".merpati-add-"));
  const aside = join(draft, "old");
  const fresh = join(draft, "new");
  try {
    if (isFolder) {
      mkdirSync(fresh);
      unpack(files, fresh);
    } else writeFileSync(fresh, files.get(entry) ?? "", { mode: 0o644 });
    const isOneStep = old === null || (old === path && !isFolder);
    if (!isOneStep) renameSync(old, aside);
    try {
      renameSync(fresh, path);
    } catch (error) {
      if (!isOneStep) renameSync(aside, old);
      throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
