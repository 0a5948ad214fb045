import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { type Config, loadConfig } from "../config/config.ts";
import { ownerKeyIn, ownerKeyOf } from "../composition/owner-key.ts";
import { systemClock } from "../composition/system.ts";
import { Failure } from "../core/base/failure.ts";
import {
  rotateOwnerKey,
  sealState,
  sealStore,
  type SealProgress,
  unsealStore,
} from "../store/conversion/conversion.ts";
import { openStore } from "../store/open.ts";
import { command, print } from "./base/command.ts";
import { dataFolder } from "./base/data-folder.ts";
import { Progress } from "./base/progress.ts";
import { writeSecret } from "./base/secret-file.ts";

/** `merpati seal …`: what lies in the data folder opens with the operator's key only. */
export function sealCommand() {
  const seal = command("seal", "Encrypts what lies in the data folder, and opens it again; the bot is stopped.");
  seal
    .command("key <file>")
    .description("Makes a key; SEAL_KEY_FILE names it. Keep a copy elsewhere: without it nothing opens again.")
    .action((file) => {
      makeOwnerKey(file);
      print(`${file} is a new key. Set SEAL_KEY_FILE=${file}, and keep a copy in a safe place, not beside backups.`);
    });
  seal
    .command("on")
    .description("Seals credentials, keys and secrets; run it again to go on after an interruption.")
    .option("--contents", "Messages, events and files too; then nothing can be searched.", false)
    .action(({ contents }) => turnOn(loadConfig(), contents));
  seal
    .command("off")
    .description("Opens all of it for good; run it again to go on after an interruption.")
    .action(() => turnOff(loadConfig()));
  seal
    .command("status")
    .description("Whether the data folder is sealed, and with which key.")
    .action(() => status(loadConfig()));
  return seal;
}

/** `merpati key rotate`. */
export function rotateKey(config: Config, file: string): void {
  const dir = dataFolder(config.sessionsDir);
  if (!existsSync(file)) makeOwnerKey(file);
  rotateOwnerKey(dir, ownerKeyOf(config), ownerKeyIn(file));
  print(`${dir} opens with the key in ${file} from now on, and with no other: set SEAL_KEY_FILE=${file}.`);
  print("A bot that runs goes on. Keep the former key as long as you keep backups that were made before.");
}

function makeOwnerKey(file: string): void {
  if (existsSync(file)) throw new Failure("conflict", `${file} exists already: it may be the key of a store you have.`);
  writeSecret(file, randomBytes(32).toString("base64"));
}

async function turnOn(config: Config, contents: boolean): Promise<void> {
  const dir = dataFolder(config.sessionsDir);
  const before = sealState(dir);
  if (before !== null && !before.isUnderWay && (before.contents || !contents))
    return print(`${dir} is sealed already.`);
  // Brings a store of a former version to the newest.
  if (before === null)
    await (await openStore({ dir, clock: systemClock, targetsOf: () => [], ownerKey: ownerKeyOf(config) })).close();
  await sealStore(dir, ownerKeyOf(config), contents, shown("Sealing"));
  const isWhole = sealState(dir)?.contents;
  print(`${dir} is sealed${isWhole ? ", with messages, events and files" : ": credentials, keys and secrets"}.`);
  print("Backups that were made before are not: remove them once you have a new one (merpati backup create).");
}

async function turnOff(config: Config): Promise<void> {
  const dir = dataFolder(config.sessionsDir);
  if (sealState(dir) === null) return print(`${dir} is not sealed.`);
  await unsealStore(dir, ownerKeyOf(config), shown("Opening"));
  print(`${dir} is not sealed any more: what lies in it can be read.`);
}

function status(config: Config): void {
  const dir = dataFolder(config.sessionsDir);
  const state = sealState(dir);
  if (state === null) return print(`${dir} is not sealed: merpati seal on does it.`);
  const what = state.contents
    ? "messages, events, files, credentials, keys and secrets"
    : "credentials, keys and secrets";
  print(`${dir} is sealed with the key ${state.owner}: ${what}.`);
  if (state.isUnderWay)
    print(`It was interrupted on the way: merpati seal ${state.isUnsealing ? "off" : "on"} goes on.`);
}

/** A line for each kind of work. */
function shown(title: string): SealProgress {
  const names = { rows: `${title} the database`, files: `${title} files`, rewriting: "Writing the database anew" };
  let now: { what: keyof typeof names; progress: Progress } | undefined;
  return (what, done, of) => {
    if (now?.what !== what) now = { what, progress: new Progress(names[what]) };
    now.progress.show(done, of);
    if (done === of) now.progress.end();
  };
}
