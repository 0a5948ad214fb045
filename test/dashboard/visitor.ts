import { expect } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";

const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const album = new URL("../../artefacts/", import.meta.url).pathname;
const widths = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** Somebody at a browser, who looks closely: at every stop the page is judged and photographed. */
export class Visitor implements AsyncDisposable {
  /** What the browser complained of, and whom else it asked. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => {
      const asked = request.url();
      if (!asked.startsWith(url) && !/^(data|blob):/.test(asked)) this.complaints.push(`asked ${asked}`);
    });
  }

  static async arrive(browser: BrowserContext, url: string): Promise<Visitor> {
    const page = await browser.newPage();
    await page.setViewportSize(widths.desktop);
    await page.emulateMedia({ reducedMotion: "reduce" });
    page.setDefaultTimeout(15_000);
    return new Visitor(page, url);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.page.close();
  }

  /** Goes to a section of the dashboard. */
  async goes(hash: string): Promise<void> {
    await this.page.goto(`${this.url}/#/${hash}`);
    await this.page.locator("main h1").first().waitFor();
  }

  button(name: string) {
    return this.page.getByRole("button", { name, exact: true });
  }

  field(name: string) {
    return this.page.getByLabel(name, { exact: true });
  }

  async reads(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Answers the question that is asked. */
  async agrees(yes: string): Promise<void> {
    await this.page.locator("dialog[open]").getByRole("button", { name: yes, exact: true }).click();
    await this.page.locator("dialog[open]").waitFor({ state: "detached" });
  }

  /** Keeps a picture of what is shown. */
  async photographs(name: string): Promise<void> {
    mkdirSync(album, { recursive: true });
    await this.page.screenshot({ path: `${album}${name}.png` });
  }

  /**
   * Judges what is shown: accessible, nothing cut off. Light at a desk and dark on a phone: of four ways each width and each
   * scheme is seen once. `scheme`: on a phone alone, for a page that is judged elsewhere in another state. Keeps pictures.
   */
  async judges(name: string, scheme?: "light" | "dark"): Promise<void> {
    mkdirSync(album, { recursive: true });
    const ways = scheme
      ? ([["phone", scheme]] as const)
      : ([
          ["desktop", "light"],
          ["phone", "dark"],
        ] as const);
    for (const [device, colorScheme] of ways) {
      await this.page.setViewportSize(widths[device]);
      await this.page.emulateMedia({ colorScheme });
      const label = `${name}-${device}-${colorScheme}`;
      await this.page.screenshot({ path: `${album}${label}.png` });
      expect(await this.#flaws(), label).toEqual([]);
      expect(
        await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        label,
      ).toBeLessThanOrEqual(0);
    }
    await this.page.setViewportSize(widths.desktop);
    await this.page.emulateMedia({ colorScheme: "light" });
  }

  /** Sees that nothing is cut off on a phone, in words that are longer; what axe knows does not depend on them. Keeps a picture. */
  async fits(name: string): Promise<void> {
    await this.page.setViewportSize(widths.phone);
    await this.page.screenshot({ path: `${album}${name}-phone.png` });
    expect(await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(
      0,
    );
    await this.page.setViewportSize(widths.desktop);
  }

  async #flaws(): Promise<string[]> {
    // It stays for as long as the document does.
    if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(axe);
    const violations = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: Violation[] }> };
      };
      return (await axe.run({ resultTypes: ["violations"] })).violations;
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }
}
