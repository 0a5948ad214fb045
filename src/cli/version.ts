import { version } from "../../package.json" with { type: "json" };
import { command, print } from "./base/command.ts";

export { version };

export const versionCommand = () =>
  command("version", "The version of this program.").action(() => print(`merpati ${version}`));
