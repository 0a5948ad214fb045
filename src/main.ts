import { run } from "./cli/commands.ts";

const code = await run(process.argv.slice(2));
// Baileys leaves timers behind that would keep a finished process for days. The callback: what was printed is out.
process.stdout.write("", () => process.exit(code));
