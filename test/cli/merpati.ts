import { join } from "node:path";

const main = join(import.meta.dir, "../../src/main.ts");

/** `merpati …` from source, as somebody who stands beside the data folder `dir` and has nothing else. */
export function merpati(dir: string, args: readonly string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env["PATH"] ?? "", TMPDIR: process.env["TMPDIR"] ?? "/tmp", NO_COLOR: "1" };
  return Bun.spawn([process.execPath, main, ...args], {
    cwd: dir,
    env: { ...env, SESSIONS_DIR: dir, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Runs it to its end. */
export async function ran(dir: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = merpati(dir, args, environment);
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, exit };
}
