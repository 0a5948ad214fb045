import { fileURLToPath } from "node:url";

/** A file that a browser gets. */
export interface BundledFile {
  /** Its media type. */
  readonly type: string;
  readonly text: string;
}

/** By path: `/` and the other documents, then what they load, whose names change with their contents. */
export type BundledPages = Readonly<Record<string, BundledFile>>;

/** The documents: where each lives, its title and the program it runs. */
const documents = {
  "/": { title: "Merpati", script: "main" },
  "/sandbox": { title: "Merpati sandbox", script: "sandbox" },
  "/passkey": { title: "Sign with your passkey", script: "passkey" },
  "/connection/qr": { title: "Link WhatsApp", script: "link" },
} as const;

const types: Record<string, string> = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" };

/** Makes the pages from their sources: from source when the first browser asks, for the program when it is compiled. */
export async function bundle(): Promise<BundledPages> {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const scripts = Object.values(documents).map(({ script }) => here(`${script}.tsx`));
  const { outputs } = await Bun.build({
    entrypoints: [...scripts, here("styles.css")],
    target: "browser",
    minify: true,
    splitting: true,
    publicPath: "/assets/",
    naming: "[name]-[hash].[ext]",
    define: { "process.env.NODE_ENV": '"production"' },
    jsx: { runtime: "automatic", importSource: "preact", development: false },
  });
  const pages: Record<string, BundledFile> = {};
  const named = new Map<string, string>();
  for (const output of outputs) {
    const file = output.path.replace(/^.*\//, "");
    const extension = file.replace(/^.*\./, "");
    named.set(`${file.replace(/-[^-]*$/, "")}.${extension}`, `/assets/${file}`);
    pages[`/assets/${file}`] = { type: types[extension] ?? "text/plain", text: await output.text() };
  }
  for (const [path, { title, script }] of Object.entries(documents)) {
    const program = named.get(`${script}.js`) ?? "";
    const text = documentOf(title, program, named.get("styles.css") ?? "", importsOf(program, pages));
    pages[path] = { type: "text/html; charset=utf-8", text };
  }
  return pages;
}

/** What a script imports: named in the document too, so that it is not asked for only when the script has come. */
const importsOf = (script: string, pages: BundledPages): string[] =>
  [...(pages[script]?.text ?? "").matchAll(/from\s*"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? "");

/** No inline script and no inline style: the policy that comes with it allows neither. */
const documentOf = (title: string, script: string, style: string, imports: readonly string[]) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
<link rel="stylesheet" href="${style}">
${imports.map((path) => `<link rel="modulepreload" href="${path}">`).join("\n")}
<script type="module" src="${script}"></script>
</head>
<body><noscript>This page needs JavaScript. Halaman ini memerlukan JavaScript.</noscript></body>
</html>
`;

const icon = encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f5d62"/><path d="M6 18c5 1 8-1 10-5 1-3 4-5 7-4l3 2-3 1c0 6-4 11-10 11-3 0-5-2-7-5z" fill="#fff"/></svg>`,
);
