/**
 * Opens a store of a former version and moves chats to their people, and ends, as power loss would, in the nth transaction that
 * reaches the disk, or when its parent ends it. Says "begun" before the first of it.
 */
import { openStore } from "../../src/store/open.ts";

const [dir = "", nth = "0"] = process.argv.slice(2);
const clock = { now: () => 1, monotonic: () => 1, after: () => () => {} };
let count = 0;
const flush = async (): Promise<void> => {
  if (count++ === Number(nth)) process.kill(process.pid, "SIGKILL");
};
process.stdout.write("begun\n");
const store = await openStore({ dir, clock, targetsOf: () => [], flush });
while (await store.persons.tidy());
await store.close();
