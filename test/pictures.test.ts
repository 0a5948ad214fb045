import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { jpeg } from "./files.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
let image: Blob;
const places: Record<string, string> = { profile: "/profile/picture" };

beforeAll(async () => {
  bot = await startBot({ env: { WEBHOOK_URL: "" } });
  await bot.link();
  const group = bot.sim.group("Team", [bot.contact(), bot.phone], { by: bot.phone });
  places["group"] = `/groups/${group.id}/picture`;
  image = new Blob([Uint8Array.from(await jpeg())], { type: "image/jpeg" });
});
afterAll(() => bot[Symbol.asyncDispose]());

async function put(place: string, body: FormData | Blob, more: Record<string, string> = {}) {
  const url = `${bot.url}/v1/devices/default${places[place]}`;
  const answer = await fetch(url, { method: "PUT", headers: { "x-api-key": adminKey, ...more }, body });
  return { status: answer.status, ...((await answer.json()) as { field?: string; error?: string }) };
}

function form(...fields: (readonly [string, Blob | string])[]): FormData {
  const made = new FormData();
  for (const [name, value] of fields)
    if (typeof value === "string") made.append(name, value);
    else made.append(name, value, "me.jpg");
  return made;
}

describe.each(["profile", "group"])("the picture of a %s", (place) => {
  test("comes as it is, and in a form", async () => {
    expect(await put(place, image)).toMatchObject({ status: 200 });
    expect(await put(place, form(["file", image]))).toMatchObject({ status: 200 });
    // As some clients write it: names without quotes.
    const head = "--b\r\ncontent-disposition: form-data; name=file; filename=a.jpg\r\ncontent-type: image/jpeg\r\n\r\n";
    const bare = new Blob([head, image, "\r\n--b--\r\n"]);
    expect(await put(place, bare, { "content-type": "multipart/form-data; boundary=b" })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ["without a file", () => form(["file", "words"]), "file"],
    ["with two files", () => form(["file", image], ["file", image]), "file"],
    ["with another field", () => form(["file", image], ["caption", "me"]), "caption"],
    ["under another name", () => form(["picture", image]), "picture"],
    ["with nothing", () => form(), null],
    ["with a file that is no picture", () => form(["file", new Blob(["words"], { type: "image/jpeg" })]), null],
  ])("in a form %s is refused", async (_name, made, field) => {
    const answer = await put(place, made());
    expect(answer).toMatchObject({ status: 400 });
    if (field !== null) expect(answer.error).toContain(`"${field}"`);
  });
});
