import { expect, test } from "bun:test";
import { startBot } from "../harness.ts";
import { join } from "node:path";
import { draftKinds } from "../../src/core/model/content/draft.ts";
import type { EventData } from "../../src/core/model/events/events.ts";
import { mp4, picture, wav } from "../files.ts";
import { goldens } from "../golden/cases.ts";

const footer = `import { plugin, Refusal } from "merpati";
export default plugin({ name: "footer", permissions: ["outgoing", "http"], setup({ outgoing, http, command }) {
  outgoing(({ content, plugin }) => {
    if (content.kind !== "text" || plugin !== null) return;
    if (content.text.includes("secret")) throw new Refusal("no secrets");
    return { kind: "text", text: content.text + " (bot)" };
  });
  http("GET", "/hello/:name", ({ params }) => new Response("hello " + params.name));
  command("exit", () => { process.exit(1); });
} });`;

test("on the whole bot: commands, hints, hooks on what the API sends, routes, faults as events", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  await ann.says("!ping", { to: bot.phone });
  await ann.hears("pong");
  await ann.says("!pign", { to: bot.phone });
  await ann.hears("There is no !pign. Did you mean !ping?");

  await bot.install("footer.ts", footer);
  expect((await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "hi" })).status).toBe(202);
  await ann.hears("hi (bot)");
  const refused = await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "a secret" });
  expect(await refused.json()).toMatchObject({ error: "footer stopped this message: no secrets", code: "refused" });
  const page = await fetch(`${bot.url}/plugins/footer/hello/ann`);
  expect(await page.text()).toBe("hello ann");
  // Or a script in it could act with the session of whoever is signed in at the dashboard.
  expect(page.headers.get("content-security-policy")).toStartWith("sandbox ");
  expect((await fetch(`${bot.url}/plugins/footer/nothing`)).status).toBe(404);

  await ann.says("!exit", { to: bot.phone });
  const { data } = await bot.next("plugin.fault");
  expect(data).toMatchObject({ plugin: "footer", action: "restarted", kind: "exit", reason: "called process.exit(1)" });
  expect(data.place).toEndWith("footer.ts:9");
  bot.sim.assertNoProblems();
}, 20_000);

test("a malformed call is no plugin's fault: the hook never sees it and stays on", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  await bot.install(
    "trim.ts",
    `export default { name: "trim", permissions: ["outgoing"], setup({ outgoing }) {
      outgoing(({ content }) => content.kind === "text" ? { ...content, text: content.text.trim() + "!" } : undefined);
    } };`,
  );
  const send = async (body: object) =>
    (await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, ...body })).status;
  for (let n = 0; n < 25; n++) expect(await send({ content: { kind: "text" } })).toBe(400);
  expect(await send({ text: "  fine " })).toBe(202);
  await ann.hears("fine!");
  expect(bot.events.filter(({ type }) => type === "plugin.fault")).toEqual([]);
}, 20_000);

test("a guard that fails lets nothing pass, nor while it is disabled for that, nor after a restart", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const guard = (options: string) => `export default { name: "guard", permissions: ["outgoing"], setup({ outgoing }) {
    outgoing(({ content }) => { if (content.text !== "good") throw new Error("lost"); }${options});
  } };`;
  await bot.install("guard.ts", guard(', { onError: "refuse" }'));
  const send = async (text: string) => {
    const answer = await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text });
    return answer.status === 202 ? "passes" : ((await answer.json()) as { error: string }).error;
  };
  const failed = "guard guards what is sent and could not look at this message: it ";
  expect(await send("good")).toBe("passes");
  for (let n = 0; n < 20; n++) expect(await send("bad")).toStartWith(failed);
  const state = async () => (await (await bot.call("GET", "/v1/admin/plugins/guard")).text()).includes('"disabled"');
  while (!(await state())); // each answer is a turn of its loop, and the test's timeout ends it
  expect(await send("good")).toBe(`${failed}is disabled.`);
  await bot.restart();
  expect(await send("good")).toBe(`${failed}is disabled.`);
  // Whoever switches it off means it.
  expect((await bot.call("POST", "/v1/admin/plugins/guard/disable")).status).toBe(200);
  expect(await send("bad")).toBe("passes");
  await bot.install("guard.ts", guard(""));
  expect((await bot.call("POST", "/v1/admin/plugins/guard/enable")).status).toBe(200);
  expect(await send("bad")).toBe("passes");
}, 30_000);

test("the server listens while plugins are loaded: what is asked of them waits, and no message is lost to them", async () => {
  const asked: Promise<Response>[] = [];
  let go = "";
  const listening = ({ url }: { url: string }) => {
    if (go === "") return;
    asked.push(fetch(`${url}/plugins/slow/`));
    void fetch(`${url}/health`).then(() => Bun.write(go, ""));
  };
  await using bot = await startBot({ stands: { listening } });
  await bot.link();
  const ann = bot.contact();
  await bot.stop();
  await bot.install(
    "slow.ts",
    `while (!require("node:fs").existsSync(import.meta.dir + "/go")) await Bun.sleep(5);
export default { name: "slow", permissions: ["http", "system"], setup({ command, http }) {
  http("GET", "/", () => new Response("here"));
  command("late", ({ reply }) => reply("here"));
} };`,
  );
  await ann.says("!late", { to: bot.phone });
  go = join(bot.folder, "plugins", "go");
  await bot.start();
  await ann.hears("here");
  expect(await (await asked[0])?.text()).toBe("here");
}, 20_000);

test("a picture with the caption !sticker comes back as a sticker", async () => {
  await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
  await bot.install("sticker.ts", await Bun.file("plugins/sticker.ts").text());
  expect((await bot.call("POST", "/v1/admin/plugins/sticker/enable")).status).toBe(200);
  const ann = bot.contact();
  await ann.sends(
    { kind: "image", bytes: await picture(), mimetype: "image/png", caption: "!sticker" },
    { to: bot.phone },
  );
  const heard = await ann.hears(({ message }) => Boolean(message.stickerMessage));
  expect(await new Bun.Image(ann.opens(heard)).metadata()).toMatchObject({ width: 512, height: 512, format: "webp" });
}, 20_000);

test("a plugin says every kind of content, and reads the file of the message it handles", async () => {
  await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback", WEBHOOK_URL: "" } });
  await bot.link();
  await bot.install("sayer.ts", await Bun.file(join(import.meta.dir, "fixtures/sayer.ts")).text());
  const ann = bot.contact();
  const sent = async (kind: string) => {
    const isIt = ({ content }: EventData<"message.sent">) =>
      kind === "forward" ? "text" in content && content.text === "!say forward" : content.kind === kind;
    const { data } = await bot.next("message.sent", ({ data }) => isIt(data));
    await ann.hears(({ id }) => id === data.id);
  };
  const golden = await goldens(join(import.meta.dir, "../golden/messages"));
  const told = async (kind: string) => {
    const [first] = golden.get(kind) ?? [];
    await ann.says(first?.given as object, { to: bot.phone });
  };
  const image = { kind: "image", bytes: await picture(), mimetype: "image/png" } as const;
  const files: Record<string, Parameters<typeof ann.sends>[0]> = {
    video: { kind: "video", bytes: mp4(), mimetype: "video/mp4" },
    gif: { kind: "video", bytes: mp4(), mimetype: "video/mp4" },
    video_note: { kind: "video", bytes: mp4(), mimetype: "video/mp4" },
    audio: { kind: "document", bytes: wav(), mimetype: "audio/wav" },
    voice: { kind: "document", bytes: wav(), mimetype: "audio/wav" },
    image,
    sticker: image,
    document: image,
    album: image,
  };
  for (const kind of draftKinds) {
    const file = files[kind];
    if (kind === "poll_vote" || kind === "event_response") await told(kind === "poll_vote" ? "poll" : "event");
    else if (file) await ann.sends({ ...file, caption: `!say ${kind}` }, { to: bot.phone });
    else await ann.says(`!say ${kind}`, { to: bot.phone });
    await sent(kind);
  }
  await ann.sends(image, { to: bot.phone });
  const name = `${image.bytes.length} bytes`;
  const heard = await ann.hears(({ message }) => message.documentMessage?.fileName === name);
  expect(ann.opens(heard)).toEqual(image.bytes);
}, 30_000);

test("a plugin is seen typing where it answers", async () => {
  await using bot = await startBot();
  await bot.link();
  const text =
    'export default { name: "slow", setup({ command }) { command("think", async ({ typing, reply }) => { await typing(); await reply("well"); }); } };';
  await bot.install("slow.ts", text);
  const ann = bot.contact();
  const shown = bot.sim.until("chat-state");
  await ann.says("!think", { to: bot.phone });
  expect(await shown).toMatchObject({ state: "composing" });
  await ann.hears("well");
}, 20_000);

test("who joins a group is welcomed; a group admin's command asks WhatsApp who is one", async () => {
  await using bot = await startBot();
  await bot.link();
  await bot.install("welcome.ts", await Bun.file("plugins/welcome.ts").text());
  expect((await bot.call("POST", "/v1/admin/plugins/welcome/enable")).status).toBe(200);
  const guarded =
    'export default { name: "guarded", setup({ command }) { command("rule", { role: "group_admin" }, ({ reply }) => reply("you rule")); } };';
  await bot.install("guarded.ts", guarded);
  const [ann, bob] = [bot.contact(), bot.contact("628999000111", "Bob")];
  const group = bot.sim.group("Team", [ann, bot.phone]);
  group.add(bob);
  await ann.hears(/^Welcome, @\d+!$/);
  await ann.says("!rule", { to: group });
  await ann.hears("you rule");
  await bob.says("!rule", { to: group });
  await bob.hears("Only admins of this group may do that.");
}, 20_000);
