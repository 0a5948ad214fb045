import type { BundledPackage } from "./packages.ts";

/** What is in the program, as CycloneDX 1.6 (ECMA-424), in JSON. */
export function sbom(version: string, packages: readonly BundledPackage[]): string {
  const bun = {
    name: "bun",
    version: Bun.version,
    licence: "MIT AND LGPL-2.1-only",
    purl: `pkg:github/oven-sh/bun@bun-v${Bun.version}`,
  };
  const components = [bun, ...packages.map((each) => ({ ...each, purl: purlOf(each) }))];
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: "merpati", version, licenses: [{ license: { id: "MIT" } }] } },
    components: components.map(({ name, version, licence, purl }) => ({
      type: name === "bun" ? "platform" : "library",
      "bom-ref": purl,
      name,
      version,
      purl,
      licenses: [/[ (]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Its address by package-url: a scope's `@` is written as `%40`. */
const purlOf = ({ name, version }: BundledPackage): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;
