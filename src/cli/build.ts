/**
 * `bun run build`: compiles `dist/merpati`, one file that needs nothing else, and writes beside it what is in it, as
 * CycloneDX (`dist/merpati.cdx.json`). Also `--target=bun-linux-arm64` and the like.
 */
import { parseArgs } from "node:util";
import type { BunPlugin } from "bun";
import { bundle } from "../dashboard/bundle.ts";
import { print } from "./base/command.ts";
import { entrypoints, external } from "./bundling.ts";
import { bundledPackages } from "./packages.ts";
import { hostTarget } from "./update/own-target.ts";
import { sbom } from "./sbom.ts";
import { version } from "./version.ts";

const { values } = parseArgs({
  options: { target: { type: "string" }, outfile: { type: "string", default: "dist/merpati" } },
});

/** The dashboard goes into the program as browsers get it. */
const pages = `export const pages = async () => (${JSON.stringify(await bundle())});`;
const dashboard: BunPlugin = {
  name: "dashboard",
  setup: (build) => void build.onLoad({ filter: /dashboard\/pages\.ts$/ }, () => ({ contents: pages, loader: "js" })),
};

const result = await Bun.build({
  entrypoints: entrypoints(),
  // Workers are found by their path below it, wherever else something is taken in from.
  root: "src",
  compile: {
    outfile: values.outfile,
    ...(values.target ? { target: values.target as Bun.Build.CompileTarget } : {}),
    // Plugins bring packages of their own; those are found by their package.json.
    autoloadPackageJson: true,
    autoloadBunfig: false,
  },
  plugins: [dashboard],
  // Not the identifiers: Elysia knows the error of a bad query by the name of its class, and else lets it through.
  minify: { whitespace: true, syntax: true },
  bytecode: true,
  format: "esm",
  // Otherwise the folder of this build stands in the program.
  define: {
    __dirname: JSON.stringify("/"),
    BUILD_TARGET: JSON.stringify(values.target?.replace(/^bun-/, "") ?? hostTarget()),
  },
  external,
  throw: false,
});
for (const { level, message } of result.logs) print(`${level}: ${message}`);
if (!result.success) process.exit(1);
print(`${values.outfile}: ${(Bun.file(values.outfile).size / 1e6).toFixed(1)} MB`);
await Bun.write(`${values.outfile}.cdx.json`, sbom(version, bundledPackages()));
