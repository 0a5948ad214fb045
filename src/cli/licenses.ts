import { command, print } from "./base/command.ts";
import { bundledPackages } from "./packages.ts" with { type: "macro" };
import { version } from "./version.ts";

const packages = bundledPackages();
const versionOf = (name: string) => packages.find((each) => each.name === name)?.version ?? "";

const summary = `merpati ${version}

Merpati's own source is MIT. Nothing in this program is under the GPL or the AGPL. These parts ask for something of whoever
passes the program on; NOTICE says what and how it is met:

  JavaScriptCore, TinyCC in Bun ${process.versions.bun}    LGPL-2.1  their licence, and that they may be replaced: Bun builds from source
  FFmpeg in @humansignal/audio-file-decoder ${versionOf("@humansignal/audio-file-decoder")}  LGPL-2.1  the same: it is a WebAssembly file of its own
  mediabunny ${versionOf("mediabunny")}    MPL-2.0   where its source is: https://www.npmjs.com/package/mediabunny, unchanged

The Bun runtime is MIT, with parts under other licences: https://bun.com/docs/project/license. The packages:
`;

/** `merpati --licenses`: what is compiled in, and under which terms; with `full`, every text. */
export const licensesCommand = () =>
  command("licenses", "What is compiled in, and under which licences.")
    .argument("[full]", "full: with their texts.")
    .action((detail) => {
      print(summary);
      const width = Math.max(...packages.map((each) => `${each.name} ${each.version}`.length));
      for (const each of packages) print(`  ${`${each.name} ${each.version}`.padEnd(width)}  ${each.licence}`);
      if (detail !== "full") return;
      for (const each of packages)
        print(`\n${"-".repeat(80)}\n${each.name} ${each.version}: ${each.licence}\n\n${each.text}`);
    });
