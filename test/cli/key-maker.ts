import { keyCommand } from "../../src/cli/key.ts";

/** Runs `merpati key …` for each list of arguments, one a line of the standard input, in a process of its own. */
for (const line of (await Bun.stdin.text()).split("\n"))
  await keyCommand().parseAsync(line.split(" "), { from: "user" });
