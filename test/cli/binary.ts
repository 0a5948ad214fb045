import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Compiles the program into a folder of its own. `dispose` removes it. */
export async function compile(): Promise<{ path: string; dispose(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "merpati-binary-"));
  const path = join(folder, "merpati");
  const build = Bun.spawn([process.execPath, "src/cli/build.ts", `--outfile=${path}`], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, exit] = await Promise.all([
    new Response(build.stdout).text(),
    new Response(build.stderr).text(),
    build.exited,
  ]);
  if (exit !== 0) throw new Error(`the build ended with ${exit}: ${out}${err}`);
  return { path, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs the program in `folder` with nothing but `environment`. */
export async function runBinary(
  path: string,
  args: string[],
  folder: string,
  environment: Record<string, string> = {},
) {
  const child = Bun.spawn([path, ...args], { cwd: folder, env: environment, stdout: "pipe", stderr: "pipe" });
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, exit };
}
