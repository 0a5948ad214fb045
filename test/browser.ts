import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The machine's own browser; null when it has none, and then the tests that need it are skipped. */
export const browserPath = [process.env["CHROMIUM"], ...places].find((path) => path && existsSync(path)) ?? null;

const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --use-fake-device-for-media-stream --use-fake-ui-for-media-stream";

/**
 * A browser with an empty profile: `await using browser = await openBrowser()`. Asks no machine but this one. `extension`: a
 * folder with one to be loaded.
 */
export async function openBrowser(extension?: string): Promise<BrowserContext & AsyncDisposable> {
  if (browserPath === null) throw new Error("this machine has no browser");
  const profile = mkdtempSync(join(tmpdir(), "merpati-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath,
    // The old headless mode has no extensions.
    ...(extension === undefined
      ? { headless: true }
      : { headless: false, ignoreDefaultArgs: ["--disable-extensions"] }),
    args: [...flags.split(" "), ...(extension === undefined ? [] : loading(extension))],
  });
  return Object.assign(context, {
    async [Symbol.asyncDispose]() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  });
}

const loading = (extension: string): string[] => [
  "--headless=new",
  `--disable-extensions-except=${extension}`,
  `--load-extension=${extension}`,
  "--disable-features=DisableLoadExtensionCommandLineSwitch",
];
