import { readFileSync } from "node:fs";
import { join } from "node:path";

const names = [
  "sdk/index.ts",
  "core/base/nearest.ts",
  ...["bot", "caller", "command", "context", "fields", "permission", "refusal", "test", "test-user", "texts"].map(
    (name) => `sdk/${name}.ts`,
  ),
];

/** A macro: read while bundling, so that the binary carries them. */
export function sdkSources(): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(import.meta.dir, "../..", name), "utf8")]));
}
