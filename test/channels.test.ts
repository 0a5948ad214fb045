import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { isMedia } from "../src/core/model/content/content.ts";
import type { DraftContent } from "../src/core/model/content/draft.ts";
import type { ChannelChat } from "../src/simulator/index.ts";
import { jpeg, mp4 } from "./files.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const ann = () => bot.contact();
const at = "/v1/devices/default";
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function call(method: string, path: string, body?: unknown) {
  const answer = await bot.call(method, `${at}${path}`, body);
  const { data, next, error } = (await answer.json()) as { data: never; next?: number | null; error?: string };
  return { status: answer.status, data, next, error };
}

/** A channel of Ann's that the bot follows. */
async function followed(name: string): Promise<ChannelChat> {
  const channel = bot.sim.channel(name, { by: ann(), followers: [bot.phone] });
  await bot.next("channel.joined", ({ data }) => data.channel === channel.id);
  return channel;
}

/** A channel of the bot's own. */
async function own(name: string): Promise<ChannelChat> {
  const made = await call("POST", "/channels", { name, description: "About birds" });
  expect(made.status).toBe(200);
  const channel = bot.sim.findChannel((made.data as { id: string }).id);
  if (!channel) throw new Error("no channel was made");
  return channel;
}

const send = (to: string, content: DraftContent) => bot.device.outbox.send({ to, content });
const sent = async (to: string, content: DraftContent) => {
  const { waId } = await send(to, content);
  const { data } = await bot.next("message.sent", (event) => event.data.id === waId);
  return data;
};

test("posts come as they were written, each once, and are acknowledged", async () => {
  const channel = await followed("News");
  const post = channel.post("Pigeons race at noon");
  const { data } = await bot.next("channel.post", (event) => event.data.id === post.id);
  expect(data).toEqual({
    channel: channel.id,
    id: post.id,
    server_id: post.serverId,
    timestamp: Number(post.at),
    from_me: false,
    content: { kind: "text", text: "Pigeons race at noon" },
  });
  channel.edit(post, "Pigeons race at one");
  const edited = await bot.next("channel.post_edited", (event) => event.data.id === post.id);
  expect(edited.data).toMatchObject({
    content: { kind: "text", text: "Pigeons race at one" },
    previous: { kind: "text", text: "Pigeons race at noon" },
  });
  channel.takeBack(post);
  const gone = await bot.next("channel.post_deleted", (event) => event.data.id === post.id);
  expect(gone.data.previous).toEqual({ kind: "text", text: "Pigeons race at one" });
  await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  expect(bot.sim.record.delivered(post.id)).toBe(3);
  bot.sim.assertNoProblems();
});

test("the file of a post is fetched open, checked, and refused when it is another", async () => {
  const channel = await followed("Pictures");
  const bytes = await jpeg();
  const post = channel.show({ kind: "image", bytes, caption: "Look" });
  const { data } = await bot.next("channel.post", (event) => event.data.id === post.id);
  if (!isMedia(data.content)) throw new Error("no file");
  expect(data.content).toMatchObject({ kind: "image", caption: "Look", sha256: sha256(bytes), size: bytes.length });
  const get = (url: string) => fetch(`${bot.url}${url}`, { headers: { "x-api-key": adminKey } });
  expect(sha256(await (await get(data.content.url)).bytes())).toBe(sha256(bytes));

  const lying = channel.show({ kind: "image", bytes: await jpeg() });
  if (lying.content?.imageMessage) lying.content.imageMessage.fileSha256 = Buffer.alloc(32, 7);
  channel.edit(lying, lying.content ?? {});
  const lie = await bot.next("channel.post_edited", (event) => event.data.id === lying.id);
  expect(lie.data.content.kind).toBe("image");
  const other = channel.post({ imageMessage: { ...lying.content?.imageMessage } });
  const told = await bot.next("channel.post", (event) => event.data.id === other.id);
  if (!isMedia(told.data.content)) throw new Error("no file");
  expect((await get(told.data.content.url)).status).toBe(422);
});

test("a post that cannot be read is told as such and does not come again", async () => {
  const channel = await followed("Nonsense");
  const post = channel.post("to be replaced");
  await bot.next("channel.post", (event) => event.data.id === post.id);
  bot.sim.faults.at(
    "out",
    {
      do: "replace",
      with: (stanza) => ({
        ...stanza,
        content: [{ tag: "plaintext", attrs: {}, content: Buffer.from([0xff, 0xff, 0xff]) }],
      }),
    },
    { when: "message" },
  );
  const broken = channel.post("never seen");
  const { data } = await bot.next("channel.post", (event) => event.data.id === broken.id);
  expect(data.content).toEqual({ kind: "unsupported", type: "malformed" });
  await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  expect(bot.sim.record.delivered(broken.id)).toBe(1);
});

test("what people make of posts is told while it is watched", async () => {
  const channel = await followed("Liked");
  const post = channel.post("Like me");
  await bot.next("channel.post", (event) => event.data.id === post.id);
  expect(await call("POST", `/channels/${channel.id}/watch`)).toMatchObject({ status: 200, data: { seconds: 300 } });
  channel.react(post, ann(), "👍");
  channel.view(post, 3);
  const { data } = await bot.next("channel.post_counts", (event) => event.data.views === 3);
  expect(data).toMatchObject({ channel: channel.id, id: post.id, server_id: post.serverId });
  expect(data.reactions).toEqual([{ emoji: "👍", count: 1 }]);
});

test("a channel is found, looked at by its link, followed, muted and left", async () => {
  const channel = bot.sim.channel("Falcon watch", { by: ann(), description: "High up" });
  const found = await call("GET", "/channels/search?words=falcon");
  expect(found.data).toMatchObject([{ id: channel.id, name: "Falcon watch", role: "guest" }]);
  const link = `https://whatsapp.com/channel/${channel.invite}`;
  const seen = await call("GET", `/channels/preview?code=${encodeURIComponent(link)}`);
  expect(seen.data).toMatchObject({ id: channel.id, description: "High up", link, subscribers: 0, muted: false });

  expect((await call("PUT", `/channels/${channel.id}/follow`)).status).toBe(200);
  await bot.next("channel.joined", ({ data }) => data.channel === channel.id && data.role === "subscriber");
  expect(channel.followers).toEqual([bot.phone.number]);
  expect((await call("PUT", `/channels/${channel.id}/mute`)).status).toBe(200);
  const muted = await bot.next("channel.updated", ({ data }) => data.channel === channel.id);
  expect(muted.data.change).toEqual({ muted: true });
  expect((await call("GET", `/channels/${channel.id}`)).data).toMatchObject({ role: "subscriber", muted: true });
  expect((await call("DELETE", `/channels/${channel.id}/mute`)).status).toBe(200);
  expect((await call("GET", "/channels")).data as object[]).toContainEqual(
    expect.objectContaining({ id: channel.id, muted: false }),
  );
  const chats = (await call("GET", "/chats")).data as { jid: string }[];
  expect(chats.find(({ jid }) => jid === channel.id)).toMatchObject({ name: "Falcon watch" });

  channel.change({ name: "Falcons", description: "Higher up" });
  const changed = await bot.next("channel.updated", ({ data }) => data.change.name === "Falcons");
  expect(changed.data.change).toEqual({ name: "Falcons", description: "Higher up" });
  expect((await call("DELETE", `/channels/${channel.id}/follow`)).status).toBe(200);
  await bot.next("channel.left", ({ data }) => data.channel === channel.id);
  expect(channel.followers).toEqual([]);
  expect((await call("DELETE", `/channels/${channel.id}/follow`)).status).toBe(422);
});

test("older posts are asked for page by page, are found afterwards, and can be reacted to", async () => {
  const channel = bot.sim.channel("Archive", { by: ann() });
  const posts = ["one wren", "two wrens", "three wrens"].map((text) => channel.post(text));
  await call("PUT", `/channels/${channel.id}/follow`);
  const first = await call("GET", `/channels/${channel.id}/posts?limit=2`);
  expect((first.data as { id: string }[]).map(({ id }) => id)).toEqual([posts[2]?.id, posts[1]?.id] as string[]);
  const second = await call("GET", `/channels/${channel.id}/posts?limit=2&before=${first.next}`);
  expect((second.data as { id: string }[]).map(({ id }) => id)).toEqual([posts[0]?.id] as string[]);
  expect(second.next).toBeNull();
  expect((await call("GET", "/history?search=wren")).data as object[]).toHaveLength(3);

  await sent(channel.id, { kind: "reaction", target: posts[0]?.id ?? "", emoji: "🐦" });
  expect([...(posts[0]?.reactions.values() ?? [])]).toEqual(["🐦"]);
  await sent(channel.id, {
    kind: "reaction",
    target: { id: "unknown", server_id: posts[1]?.serverId ?? 0 },
    emoji: "🪶",
  });
  expect([...(posts[1]?.reactions.values() ?? [])]).toEqual(["🪶"]);
  await sent(channel.id, { kind: "reaction", target: posts[0]?.id ?? "", emoji: null });
  expect(posts[0]?.reactions.size).toBe(0);
  const strange = await send(channel.id, { kind: "reaction", target: "unknown", emoji: "🐦" }).catch((e: unknown) => e);
  expect(strange).toMatchObject({ code: "invalid", field: "content.target" });
});

test("a channel of one's own: posts, changes, files, and its end", async () => {
  const channel = await own("Loft");
  const data = await sent(channel.id, { kind: "text", text: "First egg" });
  expect(data.server_id).toBe(100);
  const shown = await channel.shows("First egg");
  expect(shown.id).toBe(data.id);
  await sent(channel.id, { kind: "edit", target: data.id, text: "First two eggs" });
  expect(shown.content?.extendedTextMessage?.text ?? shown.content?.conversation).toBe("First two eggs");
  await sent(channel.id, { kind: "reaction", target: data.id, emoji: "🥚" });
  expect([...shown.reactions.values()]).toEqual(["🥚"]);
  const history = await call("GET", `/history?chat=${channel.id}`);
  expect(history.data).toMatchObject([
    { id: data.id, from_me: true, server_id: 100, content: { text: "First two eggs" } },
  ]);
  await sent(channel.id, { kind: "delete", target: data.id });
  expect(shown.content).toBeUndefined();

  const bytes = await jpeg();
  const picture = await sent(channel.id, { kind: "image", base64: bytes.toString("base64"), caption: "Look" });
  const post = await channel.shows(({ id }) => id === picture.id);
  expect(post.content?.imageMessage).toMatchObject({ caption: "Look", mimetype: "image/jpeg" });
  expect(post.content?.imageMessage?.mediaKey?.length ?? 0).toBe(0);
  expect(post.mediaHandle).toBeString();
  expect(ann().opens({ message: post.content ?? {} })).toEqual(bytes);
  // The same file goes to a person sealed, and to the channel again without another upload.
  const before = bot.sim.media.size;
  await bot.device.outbox.send({ to: ann().number, content: { kind: "image", base64: bytes.toString("base64") } });
  const heard = await ann().hears(({ message }) => message.imageMessage != null);
  expect(heard.message.imageMessage?.mediaKey).toHaveLength(32);
  await sent(channel.id, { kind: "image", base64: bytes.toString("base64") });
  expect(bot.sim.media.size).toBe(before + 1);
  for (const kind of ["video", "gif", "document"] as const)
    await sent(channel.id, { kind, base64: mp4().toString("base64") });
  await sent(channel.id, { kind: "poll", question: "Grain?", options: ["Corn", "Peas"] });
  bot.sim.assertNoProblems();

  expect((await call("PATCH", `/channels/${channel.id}`, { name: "The loft", description: null })).status).toBe(200);
  expect((await call("GET", `/channels/${channel.id}`)).data).toMatchObject({
    name: "The loft",
    description: null,
    role: "owner",
  });
  const body = Uint8Array.from(bytes);
  const headers = { "content-type": "image/jpeg", "x-api-key": adminKey };
  const put = await fetch(`${bot.url}${at}/channels/${channel.id}/picture`, { method: "PUT", headers, body });
  expect(put.status).toBe(200);
  expect((await call("GET", `/channels/${channel.id}`)).data).toMatchObject({
    picture: expect.stringContaining("https://pps.whatsapp.net/"),
  });
  expect((await call("DELETE", `/channels/${channel.id}/picture`)).status).toBe(200);
  expect((await call("GET", `/channels/${channel.id}`)).data).toMatchObject({ picture: null });

  channel.follow(ann());
  channel.appoint(ann());
  const people = await call("GET", `/channels/${channel.id}/followers`);
  expect(people.data).toMatchObject({ admins: 2, followers: [{ role: "owner" }, { name: "Ann", role: "admin" }] });
  expect((await call("DELETE", `/channels/${channel.id}/admins/${ann().number}`)).status).toBe(200);
  expect(channel.channel.role(ann().user)).toBe("subscriber");
  channel.appoint(ann());
  expect((await call("PUT", `/channels/${channel.id}/owner`, { contact: ann().lid })).status).toBe(200);
  expect(channel.channel.role(ann().user)).toBe("owner");

  const ended = await own("For a day");
  expect((await call("DELETE", `/channels/${ended.id}`)).status).toBe(200);
  const { data: told } = await bot.next("channel.updated", (event) => event.data.channel === ended.id);
  expect(told.change).toEqual({ state: "deleted" });
  expect((await call("GET", `/channels/${ended.id}`)).status).toBe(404);
});

test("who may not post is told so, and what no post can say is refused before", async () => {
  const channel = await followed("Not mine");
  const { waId } = await send(channel.id, { kind: "text", text: "Me too" });
  const failed = await bot.next("message.failed", ({ data }) => data.id === waId);
  expect(failed.data.code).toBe("403");
  const refused = (draft: object) => bot.device.outbox.send(draft as never).catch((error: unknown) => error);
  const text = { kind: "text", text: "x" };
  expect(await refused({ to: channel.id, content: { kind: "location", latitude: 1, longitude: 1 } })).toMatchObject({
    code: "invalid",
    field: "content.kind",
  });
  expect(await refused({ to: channel.id, content: text, reply_to: "x" })).toMatchObject({ field: "reply_to" });
  expect(await call("GET", "/channels/120363@g.us")).toMatchObject({ status: 400 });
  expect(await call("GET", "/channels/120363999999999999@newsletter")).toMatchObject({ status: 404 });
  expect(await call("POST", "/channels", { name: "" })).toMatchObject({ status: 400 });
});
