import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { browserPath, openBrowser } from "../browser.ts";
import { PasskeyStory } from "./story.ts";

const extension = join(import.meta.dir, "../../clients/passkey");
const web = "https://web.whatsapp.com";
/** As strict as WhatsApp Web's in what matters here: its page reaches nobody but WhatsApp, and makes no text into scripts. */
const policy =
  "default-src 'self'; script-src 'self'; connect-src 'self' wss://web.whatsapp.com; require-trusted-types-for 'script'";

let story: PasskeyStory;
let browser: BrowserContext & AsyncDisposable;

beforeAll(async () => {
  if (browserPath === null) return;
  [story, browser] = await Promise.all([PasskeyStory.begin(), openBrowser(extension)]);
  await browser.route(`${web}/**`, (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: { "content-security-policy": policy },
      body: "<!doctype html><title>WhatsApp</title><h1>Scan to log in</h1>",
    }),
  );
}, 30_000);

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await story?.[Symbol.asyncDispose]();
});

/** The owner's authenticator, which confirms by itself. */
async function withPasskey(page: Page): Promise<CDPSession> {
  const cdp = await browser.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  const { rpId, credentialId, userHandle, privateKey } = story.passkey.credential;
  const plain = (text: string) => Buffer.from(text, "base64url").toString("base64");
  await cdp.send("WebAuthn.addCredential", {
    authenticatorId,
    credential: {
      rpId,
      privateKey,
      isResidentCredential: true,
      signCount: 0,
      credentialId: plain(credentialId),
      userHandle: plain(userHandle),
    },
  });
  return cdp;
}

interface Node {
  nodeId: number;
  localName: string;
  children?: Node[];
  shadowRoots?: Node[];
}

/** Where the card's first button is: its shadow is closed to everybody but the debugger. */
async function cardButton(cdp: CDPSession): Promise<{ x: number; y: number }> {
  for (;;) {
    const { root } = (await cdp.send("DOM.getDocument", { depth: -1, pierce: true })) as { root: Node };
    const button = find(root, "button");
    if (button) {
      const { model } = await cdp.send("DOM.getBoxModel", { nodeId: button.nodeId });
      const [left = 0, top = 0, right = 0, , , bottom = 0] = model.content;
      return { x: (left + right) / 2, y: (top + bottom) / 2 };
    }
    // It comes with the bot's answer; the card tells nobody.
    await cdp.send("Runtime.evaluate", { expression: "new Promise(requestAnimationFrame)", awaitPromise: true });
  }
}

function find(node: Node, name: string): Node | undefined {
  if (node.localName === name) return node;
  for (const child of [...(node.children ?? []), ...(node.shadowRoots ?? [])]) {
    const found = find(child, name);
    if (found) return found;
  }
  return undefined;
}

async function signingPage(): Promise<Page> {
  const { data } = await story.call<{ url: string }>("POST");
  const page = await browser.newPage();
  await page.goto(data.url);
  return page;
}

const withBrowser = test.skipIf(browserPath === null);

withBrowser(
  "with the extension: the owner opens web.whatsapp.com from the bot's page, signs, and the device is linked",
  async () => {
    const { linked } = await story.asked();
    const page = await signingPage();
    const opened = browser.waitForEvent("page");
    await page.getByRole("link", { name: "Open web.whatsapp.com" }).click();
    const whatsapp = await opened;
    const cdp = await withPasskey(whatsapp);
    const { x, y } = await cardButton(cdp);
    // Nothing of the link stays where the page's scripts could read it, and they reach no bot themselves.
    expect(whatsapp.url()).toBe(`${web}/`);
    const reach = whatsapp.evaluate((url) => fetch(url).then(() => "reached"), `${story.bot.url}/health`);
    expect(await reach.catch(() => "blocked")).toBe("blocked");
    await whatsapp.mouse.click(x, y);
    await linked;
    await story.bot.connected();
    await page.getByText("Linked. You can close this page.").waitFor();
    await Promise.all([page.close(), whatsapp.close()]);
    story.bot.sim.assertNoProblems();
  },
  15_000,
);

withBrowser(
  "with the console alone: the script brings the signature to the bot's page by opening it",
  async () => {
    await story.again();
    const { linked } = await story.asked();
    const page = await signingPage();
    await page.getByText("Without the extension").click();
    const script = (await page.locator("code").first().textContent()) ?? "";
    const whatsapp = await browser.newPage();
    await whatsapp.goto(web);
    await withPasskey(whatsapp);
    // What the console does, which the page's policy does not bind.
    await whatsapp.evaluate(script.replaceAll(/\s+/g, " "));
    await whatsapp.locator("#merpati-passkey").click();
    await linked;
    await story.bot.connected();
    await whatsapp.getByText("Linked. You can close this page.").waitFor();
    expect(whatsapp.url()).not.toContain("assertion");
    await Promise.all([page.close(), whatsapp.close()]);
  },
  15_000,
);

withBrowser(
  "by the clipboard; and a page that no bot's link opened shows no card",
  async () => {
    await story.again();
    const { linked } = await story.asked();
    const page = await signingPage();
    await page.getByText("Without the extension").click();
    const paste = page.getByLabel("What the script copied");
    await paste.fill("not what it copied");
    await page.getByRole("button", { name: "Hand it over" }).click();
    await page.getByRole("alert").first().waitFor();
    const { options } = (await story.call<{ options: { challenge: string } }>("GET")).data;
    await paste.fill(JSON.stringify(story.passkey.signs(options)));
    await page.getByRole("button", { name: "Hand it over" }).click();
    await linked;
    await page.getByText("Linked. You can close this page.").waitFor();
    const encoded = Buffer.from(JSON.stringify({ url: "javascript:alert(1)" })).toString("base64url");
    for (const where of [web, `${web}/#merpati-passkey=${encoded}`, `${web}/#merpati-passkey=e30`]) {
      await page.goto("about:blank");
      await page.goto(where);
      expect(await page.locator("#merpati-passkey-card").count()).toBe(0);
    }
  },
  15_000,
);
