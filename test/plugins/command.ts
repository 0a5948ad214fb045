import { join } from "node:path";

const main = join(import.meta.dir, "../../src/main.ts");

/** `merpati plugin …`, as somebody at the machine calls it in `folder`, where the plugins are. */
export async function merpatiPlugin(folder: string, sessions: string, ...args: string[]) {
  const env = {
    PLUGINS_DIR: join(folder, "plugins"),
    SESSIONS_DIR: sessions,
    LOG_LEVEL: "error",
    PATH: process.env["PATH"] ?? "",
  };
  const child = Bun.spawn([process.execPath, main, "plugin", ...args], {
    cwd: folder,
    env,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, err, exit: await child.exited };
}
