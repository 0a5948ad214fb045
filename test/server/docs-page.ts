import { expect } from "bun:test";
import type { Page } from "playwright-core";

/** Opens /docs of the bot at `url`: it must show operations of every face without a request to anybody else. */
export async function showsDocs(page: Page, url: string): Promise<void> {
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`${url}/docs`);
  // The page draws of a long list only what is in sight.
  for (const path of [
    "/v1/devices/{device}/start",
    "/connection/status",
    "/api/devices/{device}/status",
    "/api/qr/generate",
  ])
    await page.waitForFunction((shown) => {
      if (window.document.querySelector(`[data-path="${shown}"]`)) return true;
      window.scrollBy(0, window.innerHeight / 2);
      return false;
    }, path);
  expect({ elsewhere, complaints }).toEqual({ elsewhere: [], complaints: [] });
}
