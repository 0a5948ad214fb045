/** Seals or opens the folder it is given and ends, as power loss would, when the nth progress is shown. */
import { readFileSync } from "node:fs";
import { sealStore, unsealStore } from "../../src/store/conversion/conversion.ts";

const [dir = "", file = "", verb, nth = "0"] = process.argv.slice(2);
const key = readFileSync(file);
let count = 0;
const shown = (): void => {
  if (count++ === Number(nth)) process.kill(process.pid, "SIGKILL");
};
if (verb === "on") await sealStore(dir, () => key, true, shown);
else await unsealStore(dir, () => key, shown);
