import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import { bundled, seed } from "../../composition/plugins.ts";
import { print } from "../base/command.ts";
import { typedCommand } from "../base/own-command.ts";
import { kit, tsconfig } from "../../plugins/kit/kit.ts";

const source = (name: string) => `import { plugin } from "merpati";

export default plugin({
  name: "${name}",
  description: "Greets whoever says !${name}.",
  setup({ command }) {
    command("${name} [who:text]", { description: "A greeting" }, ({ args, name, reply }) =>
      reply(\`Hello \${args.who ?? name}!\`),
    );
  },
});
`;

const test = (name: string) => `import { expect, test } from "bun:test";
import { testBot } from "merpati/test";

test("greets", async () => {
  await using bot = await testBot("./${name}.ts");
  const ann = bot.user("Ann");
  await ann.says("!${name}");
  const reply = await ann.expectReply("Hello Ann!");
  expect(reply.text).toContain("Ann");
  await ann.says("${name}");
  await ann.expectSilence();
});
`;

/** `merpati plugin new <name>`: a plugin, its test, and what editors need to complete. */
export async function makePlugin(dir: string, name: string): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name))
    throw new Failure("invalid", "merpati plugin new takes a name: a small letter, then a-z, 0-9 and -, e.g. weather.");
  const file = join(dir, `${name}.ts`);
  if (existsSync(file)) throw new Failure("conflict", `${file} exists already.`);
  await ensureFolder(dir);
  await Bun.write(file, source(name));
  await Bun.write(join(dir, `${name}.test.ts`), test(name));
  await writeKit(dir);
  const trial = typedCommand(`plugin test ${name}`);
  print(`${file} is a plugin: a running bot has loaded it already. Try it without a phone:\n\n  ${trial}`);
}

/** `merpati plugin add <name>`: one of those that come with the bot. */
export async function addPlugin(dir: string, name: string): Promise<void> {
  const text = bundled[`${name}.ts`];
  const all = Object.keys(bundled).map((file) => file.replace(/\.ts$/, ""));
  if (text === undefined)
    throw new Failure("not_found", `With the bot come: ${all.join(", ")}. Another's address begins with https://.`);
  const file = join(dir, `${name}.ts`);
  const next = `Switch it on with: ${typedCommand(`plugin enable ${name}`)}`;
  if (existsSync(file)) throw new Failure("conflict", `${file} exists already. ${next}`);
  await Bun.write(file, text);
  await writeKit(dir);
  print(`${file} is there. ${next}`);
}

/** The folder of the plugins, as the bot's first start would make it. */
export async function ensureFolder(dir: string): Promise<void> {
  if (existsSync(dir)) return;
  for (const [first, text] of Object.entries(seed)) await Bun.write(join(dir, first), text);
}

/** The types and the test kit, as this version has them. In a checkout of Merpati the sources are there themselves. */
export async function writeKit(dir: string): Promise<void> {
  if (existsSync(join(dir, "../src/sdk/test.ts"))) return;
  for (const [name, text] of Object.entries(kit())) await Bun.write(join(dir, name), text);
  if (!existsSync(join(dir, "tsconfig.json"))) await Bun.write(join(dir, "tsconfig.json"), tsconfig);
}
