import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const source = join(import.meta.dir, "whatsmeow");

/** The Go program, built once for the sources it is made of and kept among the machine's scratch files. */
export async function buildGoPlayer(): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of Array.from(new Bun.Glob("*").scanSync({ cwd: source })).toSorted())
    hash.update(`${name}\0`).update(await Bun.file(join(source, name)).bytes());
  const folder = join(tmpdir(), ".merpati-clients");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, `whatsmeow-${hash.digest("hex").slice(0, 16)}`);
  if (await Bun.file(program).exists()) return program;
  const made = mkdtempSync(join(folder, "making-"));
  try {
    const env = { ...process.env, GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" };
    const build = Bun.spawn(["go", "build", "-o", join(made, "player"), "."], {
      cwd: source,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if ((await build.exited) !== 0) throw new Error("the program on whatsmeow does not build");
    await Bun.write(program, Bun.file(join(made, "player")));
    await Bun.spawn(["chmod", "+x", program]).exited;
    return program;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
