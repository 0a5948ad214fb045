/** Makes `dist/`, which n8n loads: `bun clients/n8n/build.ts`. */
import { join } from "node:path";

const here = import.meta.dir;
const { success, logs } = await Bun.build({
  entrypoints: ["MerpatiApi.credentials", "Merpati.node", "MerpatiTrigger.node"].map((name) =>
    join(here, "src", `${name}.ts`),
  ),
  outdir: join(here, "dist"),
  target: "node",
  format: "cjs",
  naming: "[name].cjs",
});
for (const { message } of logs) process.stderr.write(`${message}\n`);
process.exitCode = success ? 0 : 1;
