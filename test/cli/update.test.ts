import { afterEach, beforeEach, expect, test } from "bun:test";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download, fileFor, offered, rollBack, swap, type UpdateParts } from "../../src/cli/update/install.ts";
import { publicKeyIn, type Release } from "../../src/cli/update/release.ts";

/** A small program that says a version as ours does. */
const program = (version: string) => `#!/bin/sh\necho merpati ${version}\n`;
const target = "linux-x64";

let dir = "";
let keys: { publicKey: KeyObject; privateKey: KeyObject };
let server: Bun.Server<undefined>;
let served: Record<string, string>;
/** How a program is served that does not come at once. */
let slow: ((text: string) => ReadableStream<Uint8Array>) | null;

beforeEach(() => {
  slow = null;
  dir = mkdtempSync(join(tmpdir(), "merpati-update-"));
  keys = generateKeyPairSync("ed25519");
  writeFileSync(join(dir, "merpati"), program("0.1.0"), { mode: 0o755 });
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      const found = served[new URL(url).pathname.slice(1)];
      if (found !== undefined && url.includes("merpati-") && slow !== null) return new Response(slow(found));
      return found === undefined ? new Response(null, { status: 404 }) : new Response(found);
    },
  });
});
afterEach(async () => {
  await server.stop(true);
  rmSync(dir, { recursive: true });
});

/** Puts a release on the server. */
function publish(version: string, change: Partial<Release["files"][number]> = {}, text = program(version)): void {
  const sha256 = createHash("sha256").update(text).digest("hex");
  const files = [{ target, name: `merpati-${version}`, size: text.length, sha256, ...change }];
  const json = JSON.stringify({ version, files });
  served = {
    "release.json": json,
    "release.json.sig": sign(null, Buffer.from(json), keys.privateKey).toString("base64"),
    [`merpati-${version}`]: text,
  };
}

const parts = (): UpdateParts => ({
  url: server.url.href.replace(/\/$/, ""),
  key: keys.publicKey,
  binary: join(dir, "merpati"),
  version: "0.1.0",
  target,
});

async function update(): Promise<void> {
  const { release } = await offered(parts());
  await download(parts(), fileFor(release, target), release.version);
  swap(parts().binary);
}

const runs = async (name: string) => (await new Response(Bun.spawn([join(dir, name)]).stdout).text()).trim();

/** It fails with this sentence, and the old program stands there alone. */
async function refused(sentence: string): Promise<void> {
  expect(
    await update().then(
      () => "updated",
      (error: Error) => error.message,
    ),
  ).toContain(sentence);
  expect([await runs("merpati"), readdirSync(dir)]).toEqual(["merpati 0.1.0", ["merpati"]]);
}

test("an update is checked, swapped in, and can be taken back", async () => {
  publish("0.2.0");
  expect(await offered(parts())).toMatchObject({ isNewer: true });
  await update();
  expect([await runs("merpati"), await runs("merpati.old")]).toEqual(["merpati 0.2.0", "merpati 0.1.0"]);
  rollBack(join(dir, "merpati"));
  expect(await runs("merpati")).toBe("merpati 0.1.0");
  expect(existsSync(join(dir, "merpati.new"))).toBe(false);
});

test("a release that another key signed, or that was changed afterwards, leaves the old one", async () => {
  publish("0.2.0");
  keys = generateKeyPairSync("ed25519");
  await refused("is not signed by UPDATE_KEY");
  publish("0.2.0");
  served["release.json"] = served["release.json"]?.replace("0.2.0", "0.3.0") ?? "";
  await refused("is not signed by UPDATE_KEY");
});

test("a file that is not the signed one leaves the old one", async () => {
  publish("0.2.0");
  served["merpati-0.2.0"] = program("0.2.1");
  await refused("is not the file that was signed");
  publish("0.2.0", { size: 5 });
  await refused("is not the file that was signed");
  publish("0.2.0", {}, "no program");
  await refused("does not run here as 0.2.0");
  publish("0.2.0", {}, program("0.1.9"));
  await refused("does not run here as 0.2.0");
  publish("0.2.0", { target: "darwin-arm64" });
  await refused("has nothing for linux-x64");
  publish("0.2.0", { name: "../merpati-0.2.0" });
  await refused("cannot be read");
});

test("an older version is not newer, a server that is away changes nothing", async () => {
  publish("0.0.9");
  expect(await offered(parts())).toMatchObject({ isNewer: false });
  publish("0.1.0");
  expect(await offered(parts())).toMatchObject({ isNewer: false });
  served = {};
  await refused("answered 404");
});

test("a slow line takes as long as it takes; one that says nothing any more is given up", async () => {
  publish("0.2.0");
  const gap = 60;
  const patient = { ...parts(), patience: 3 * gap };
  const fetched = async () => download(patient, fileFor((await offered(patient)).release, target), "0.2.0");
  const inPieces = (text: string, pieces: number) => async (into: ReadableStreamDefaultController<Uint8Array>) => {
    const size = Math.ceil(text.length / 6);
    for (let at = 0; at < pieces; at++) {
      into.enqueue(new TextEncoder().encode(text.slice(at * size, (at + 1) * size)));
      await Bun.sleep(gap);
    }
    if (pieces === 6) into.close();
  };
  slow = (text) => new ReadableStream({ start: inPieces(text, 6) });
  expect(await fetched()).toBe(join(dir, "merpati.new"));
  rmSync(join(dir, "merpati.new"));
  slow = (text) => new ReadableStream({ start: inPieces(text, 2) });
  expect(await fetched().catch((error: Error) => error.message)).toContain(
    "broke off: nothing was changed. Try again.",
  );
  expect(readdirSync(dir)).toEqual(["merpati"]);
});

test("a folder that may not be written is named", async () => {
  publish("0.2.0");
  const { release } = await offered(parts());
  const elsewhere = { ...parts(), binary: join(dir, "none", "merpati") };
  await expect(download(elsewhere, fileFor(release, target), "0.2.0")).rejects.toThrow("could not be written (ENOENT)");
});

test("ended in the middle, a way back can be gone again", async () => {
  publish("0.2.0");
  await update();
  const at = (name: string) => join(dir, name);
  // What a kill between its steps leaves behind.
  linkSync(at("merpati.old"), at("merpati.new"));
  linkSync(at("merpati"), at("merpati.old.new"));
  rollBack(at("merpati"));
  expect([await runs("merpati"), await runs("merpati.old")]).toEqual(["merpati 0.1.0", "merpati 0.2.0"]);
  expect(readdirSync(dir).toSorted()).toEqual(["merpati", "merpati.old"]);
});

test("a full disk leaves the old one", async () => {
  publish("0.2.0", {}, `${program("0.2.0")}${"#".repeat(500_000)}\n`);
  const script = join(dir, "..", `update-${process.pid}.ts`);
  const install = JSON.stringify(join(import.meta.dir, "../../src/cli/update/install.ts"));
  const release = JSON.stringify(join(import.meta.dir, "../../src/cli/update/release.ts"));
  const raw = Buffer.from(keys.publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
  writeFileSync(
    script,
    `import { download, fileFor, offered } from ${install};
     import { publicKeyIn } from ${release};
     const parts = { ...${JSON.stringify({ ...parts(), key: undefined })}, key: publicKeyIn(${JSON.stringify(raw)}) };
     const found = await offered(parts);
     await download(parts, fileFor(found.release, "${target}"), "0.2.0").catch((error) => console.log(error.message));`,
  );
  // Blocks of 1 KB that a file may have: the program is larger.
  const child = Bun.spawn(["bash", "-c", `trap "" XFSZ; ulimit -f 100; exec ${process.execPath} ${script}`], {
    stdout: "pipe",
  });
  expect(await new Response(child.stdout).text()).toContain("could not be written (EFBIG): free some disk");
  rmSync(script);
  expect([await runs("merpati"), readdirSync(dir)]).toEqual(["merpati 0.1.0", ["merpati"]]);
});

test("the key is the one that the release script prints", () => {
  const raw = Buffer.from(keys.publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
  expect(publicKeyIn(raw).equals(keys.publicKey)).toBe(true);
  expect(() => publicKeyIn("AAAA")).toThrow("UPDATE_KEY takes the base64");
});

test("the container runs as nobody in particular, from files that there are", () => {
  const text = readFileSync(join(import.meta.dir, "../../Dockerfile"), "utf8");
  expect(text).toContain("\nUSER merpati\n");
  expect(text).toContain(
    'HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["merpati", "status", "--live"]',
  );
  const compose = readFileSync(join(import.meta.dir, "../../compose.yaml"), "utf8");
  for (const line of ["read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"]) expect(compose).toContain(line);
});
