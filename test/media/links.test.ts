import { expect, test } from "bun:test";
import { SignedLinks } from "../../src/core/access/signed-links.ts";
import { HandClock } from "../clock.ts";
import { jpeg } from "../files.ts";
import { startBot } from "../harness.ts";

test("a link shows its file and no other, to whoever has it, for as long as its key lives", async () => {
  await using bot = await startBot();
  const made = await bot.call("POST", "/v1/admin/keys", { name: "reader", scopes: ["read"] });
  const { key, id } = ((await made.json()) as { data: { key: string; id: string } }).data;
  const bytes = Uint8Array.from(await jpeg());
  const { id: media } = await bot.device.upload({ bytes: new Blob([bytes]).stream(), name: "sunset.jpg" });
  const { id: other } = await bot.device.upload({ bytes: new Blob(["words"]).stream(), name: "note.txt" });
  const asked = await bot.call("POST", `/v1/media/${media}/link`, { lifetime: 60 }, { "x-api-key": key });
  const { url } = ((await asked.json()) as { data: { url: string } }).data;

  const shown = await fetch(url);
  expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  expect(shown.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
  expect(Buffer.from(await shown.arrayBuffer())).toEqual(Buffer.from(bytes));
  expect((await fetch(url, { headers: { range: "bytes=0-9" } })).status).toBe(206);
  expect((await fetch(url, { method: "POST" })).status).toBe(404);

  // Nothing of it can be put in the place of something else.
  const [said = "", signature = ""] = (url.split("/").at(-1) ?? "").split(".");
  const words = JSON.parse(Buffer.from(said, "base64url").toString()) as unknown[];
  const forged = Buffer.from(JSON.stringify(words.map((word) => (word === media ? other : word)))).toString(
    "base64url",
  );
  expect((await fetch(`${bot.url}/media/${forged}.${signature}`)).status).toBe(401);
  // A link to a QR is none to a file.
  const { url: qr } = (
    (await (await bot.call("POST", "/v1/devices/default/pairing/link")).json()) as {
      data: { url: string };
    }
  ).data;
  expect((await fetch(`${bot.url}/media/${new URL(qr).searchParams.get("link")}`)).status).toBe(401);

  expect((await bot.call("DELETE", `/v1/admin/keys/${id}`)).status).toBe(200);
  expect((await fetch(url)).status).toBe(401);
});

test("a link ends, and a clock that is set back does not bring it to life", () => {
  const clock = new HandClock(1_000_000);
  const links = new SignedLinks(clock);
  const { token } = links.sign(["a", "b"], 60);
  expect(links.read(token)).toEqual({ words: ["a", "b"], expiresAt: 1_060_000 });
  clock.wind(60_000);
  clock.jump(-3_600_000);
  expect(() => links.read(token)).toThrow("expired");
  expect(() => links.read("nonsense")).toThrow("not valid");
  expect(() => new SignedLinks(clock).read(token)).toThrow("not valid");
});
