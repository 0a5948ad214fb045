import { readFileSync } from "node:fs";

/** Ends the programs that a thread of this process started and that still run. On Linux: nobody else tells whose they are. */
export function endPrograms(thread: number): void {
  for (const program of startedBy(thread)) {
    try {
      process.kill(program, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}

function startedBy(thread: number): number[] {
  if (thread === 0) return [];
  try {
    const text = readFileSync(`/proc/self/task/${thread}/children`, "latin1");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
