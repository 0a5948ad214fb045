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
  await page.waitForSelector(".opblock");
  const shown = await page.locator(".opblock-summary-path").allInnerTexts();
  for (const path of ["/connection/status", "/v1/devices/{id}/start", "/api/devices/{id}/status", "/api/qr/generate"])
    expect(shown.map((text) => text.replaceAll("\u200b", ""))).toContain(path);
  expect({ elsewhere, complaints }).toEqual({ elsewhere: [], complaints: [] });
}
