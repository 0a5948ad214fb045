import { type Command, print } from "./base/command.ts";
import { bundledPackages } from "./packages.ts" with { type: "macro" };
import { version } from "./version.ts";

const packages = bundledPackages();
const libsignal = packages.find(({ name }) => name === "libsignal");

const summary = `merpati ${version}

Merpati's own source is MIT. This program as a whole is under GPL-3.0, because libsignal ${libsignal?.version}
(${libsignal?.licence}), the Signal protocol as Baileys uses it, is compiled into it. Its complete corresponding source is
Merpati's source of this version with the packages below; whoever passes the program on must pass that on too.

The Bun runtime (MIT, with JavaScriptCore under LGPL-2.1 and others: https://bun.com/docs/project/license) is part of it.
`;

/** `merpati --licenses`: what is compiled in, and under which terms; with `full`, every text. */
export const licensesCommand: Command = {
  usage: "[full]",
  about: "What is compiled in, and under which licences; full: with their texts.",
  async run([detail]) {
    print(summary);
    const width = Math.max(...packages.map((each) => `${each.name} ${each.version}`.length));
    for (const each of packages) print(`  ${`${each.name} ${each.version}`.padEnd(width)}  ${each.licence}`);
    if (detail !== "full") return;
    for (const each of packages)
      print(`\n${"-".repeat(80)}\n${each.name} ${each.version}: ${each.licence}\n\n${each.text}`);
  },
};
