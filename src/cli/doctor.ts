import { loadConfig } from "../config/config.ts";
import { command, print, printable } from "./base/command.ts";
import { examine } from "./doctor/examine.ts";
import { unknownNamesIn, unknownReport } from "./doctor/unknown-report.ts";

export const doctorCommand = () =>
  command(
    "doctor",
    "Looks for what is wrong: settings, data folder, disk, plugins, devices, the way to WhatsApp, and what WhatsApp sent that this version does not know. Exit code 1: something is.",
  )
    .option("--fix", "Mends what can be mended without you.", false)
    .action(async ({ fix }) => {
      const config = loadConfig();
      let left = 0;
      for (const finding of await examine(config)) {
        const isFixed = fix && finding.fix !== undefined;
        if (isFixed) finding.fix?.();
        const hint = finding.fix === undefined ? "" : isFixed ? " Mended." : " `merpati doctor --fix` mends it.";
        if (!finding.ok && !isFixed) left += 1;
        print(printable(`${finding.ok || isFixed ? "✓" : "✗"} ${finding.sentence}${hint}`));
      }
      print(`\n${unknownReport(unknownNamesIn(config.sessionsDir))}`);
      process.exitCode = left === 0 ? 0 : 1;
    });
