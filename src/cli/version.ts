import { version } from "../../package.json" with { type: "json" };
import { type Command, print } from "./base/command.ts";

export { version };

export const versionCommand: Command = {
  usage: "",
  about: "The version of this program.",
  async run() {
    print(`merpati ${version}`);
  },
};
