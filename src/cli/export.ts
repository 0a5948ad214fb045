import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure } from "../core/base/failure.ts";
import { type SessionForm, sessionForms } from "../core/ports/moving.ts";
import { command, print } from "./base/command.ts";
import { reachingTenant, RunningBot } from "./base/running-bot.ts";
import { secretFrom } from "./base/secret-file.ts";
import { isThere } from "./import/folder.ts";

/** `merpati export …`: asks the bot that runs. */
export function exportCommand() {
  const exporting = command("export", "Gives a linked device out, for another server.");
  reachingTenant(
    exporting
      .command("device <id>")
      .description("Writes a stopped device: as a sealed file for another Merpati, or as a folder for Baileys.")
      .requiredOption("--to <path>", "The file that is written, or the folder.")
      .requiredOption(
        "--passphrase-file <file>",
        "A file with the passphrase: one word of 12 characters or more; - is standard input.",
      )
      .option("--form <form>", `One of ${sessionForms.join(", ")}; merpati when left out.`, "merpati"),
  ).action(async (id, { to, passphraseFile, form, ...which }) => {
    if (!sessionForms.some((each) => each === form))
      throw new Failure("invalid", `--form takes one of ${sessionForms.join(", ")}, not "${form}".`);
    if (isThere(to)) throw new Failure("conflict", `${to} is there already: name what is not.`);
    const passphrase = secretFrom(passphraseFile, "--passphrase-file");
    const { tenant = "default" } = which;
    const path = `/v1/admin/tenants/${encodeURIComponent(tenant)}/devices/${encodeURIComponent(id)}/export`;
    const { data } = await RunningBot.find(which).ask("POST", path, { passphrase, form });
    await write((data as { sealed: string }).sealed, passphrase, form as SessionForm, to);
    print(
      `Wrote ${to}. Whoever has it is the account. Do not start ${id} here again: remove it once the other server runs.`,
    );
  });
  return exporting;
}

/** Baileys reads its folder as it is; what is sealed stays so. */
async function write(sealed: string, passphrase: string, form: SessionForm, to: string): Promise<void> {
  if (form === "merpati") return writeFileSync(to, `${sealed}\n`, { mode: 0o600 });
  const { unsealDevice } = await import("../whatsapp/moving/sealed-device.ts");
  const files = await unsealDevice(sealed, passphrase);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(to, basename(name)), text, { mode: 0o600 });
}
