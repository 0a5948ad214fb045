/** Opens the folder it is given and ends, as power loss would, at the nth step of taking over files of former versions. */
import { openStore } from "../../src/store/open.ts";

const [dir = "", nth = "0"] = process.argv.slice(2);
const clock = { now: () => Date.now(), monotonic: () => 1, after: () => () => {} };
let count = 0;
const merging = (): void => {
  if (count++ === Number(nth)) process.kill(process.pid, "SIGKILL");
};
const store = await openStore({ dir, clock, targetsOf: () => [], merging });
await store.close();
