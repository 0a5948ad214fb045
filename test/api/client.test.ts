import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type components,
  createClient,
  isEvent,
  MerpatiError,
  need,
  streamEvents,
  verifyWebhook,
} from "../../clients/typescript/src/index.ts";
import { schema, schemaFile } from "../../clients/typescript/generate.ts";
import { collection, collectionFile } from "../../clients/postman/generate.ts";
import { mp4, picture, wav } from "../files.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";

type Draft = components["schemas"]["DraftContent"];
type Kind = Draft["kind"];

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
});
afterAll(() => bot[Symbol.asyncDispose]());

const client = () => createClient({ url: bot.url, key: adminKey });
const device = "default";

test("the types are the server's: write them with bun run generate", async () => {
  const [head] = (await schema()).split("\n", 1);
  expect(await Bun.file(schemaFile).text()).toStartWith(head ?? "");
}, 60_000);

test("the collection is the server's: write it with bun run generate", async () => {
  expect(await Bun.file(collectionFile).json()).toEqual(JSON.parse(JSON.stringify(collection())));
});

/** Free JSON, by the field's name: whatever is not listed has a type. `options` and `response` are WebAuthn's. */
const free = [
  "answers",
  "fields",
  "options",
  "response",
  "schema",
  "settings",
  "values",
  "OpenApiDocument",
  "RawMessage",
];

test("no answer is unknown or an empty object, but for what is free JSON", async () => {
  const text = await Bun.file(schemaFile).text();
  const lines = text.split("\n");
  const unknown = lines.flatMap((line, place) => {
    if (!/: unknown;/.test(line) || /headers: \{/.test(lines[place - 1] ?? "")) return [];
    const owner = lines
      .slice(0, place)
      .findLast((each) => /^\s*("?[\w/.{}-]+"?)\??: \{$/.test(each) && !/\[key/.test(each));
    return [/([\w/.{}-]+)"?\??: \{$/.exec(owner ?? "")?.[1] ?? "?"];
  });
  expect([...new Set(unknown)].filter((name) => !free.includes(name) && name !== "headers").toSorted()).toEqual([
    "application/json", // the settings of a plugin, as they are sent
  ]);
  expect(text.match(/Record<string, never>/g)?.length ?? 0).toBe(1); // openapi-typescript's own $defs
  expect(text).not.toMatch(/: \{\};/);
});

test("the whole story: link, receive, reply, search, webhook, logout", async () => {
  const { GET, POST, DELETE } = client();
  const at = { params: { path: { device } } };
  const { data: link } = need(await POST("/v1/devices/{device}/pairing/qr", at));
  const ann = bot.contact();
  const webhook = need(
    await POST("/v1/webhooks", { body: { url: bot.receiver.url, events: ["message.*", "device.*"] } }),
  ).data;

  await bot.phone.scan(link.qr_string);
  await bot.connected();
  expect(need(await GET("/v1/devices/{device}", at)).data.phone_number).toBe(bot.phone.number);

  const said = await ann.says("Is the shop open?", { to: bot.phone });
  // The webhook of WEBHOOK_URL has a secret of its own.
  const deliveries = () => bot.receiver.all.filter(({ event }) => "id" in event.data && event.data.id === said.id);
  await bot.receiver.until(() => deliveries().length === 2, "both deliveries");
  const verified = deliveries().map((each) => verifyWebhook({ secret: webhook.secret, ...each }).catch(() => null));
  const heard = (await Promise.all(verified)).find((each) => each !== null);
  if (!heard || !isEvent(heard, "message.received")) throw new Error("no delivery was signed");
  expect(heard.data.content).toMatchObject({ kind: "text", text: "Is the shop open?" });

  const reply = { to: heard.data.chat, text: "It is.", reply_to: heard.data.id };
  const sent = need(await POST("/v1/devices/{device}/messages", { ...at, body: reply })).data;
  await ann.hears("It is.");
  const path = { device, message: sent.message_id };
  expect(need(await GET("/v1/devices/{device}/messages/{message}", { params: { path } })).data.id).toBe(sent.id);

  const query = { search: "shop" };
  const found = need(await GET("/v1/devices/{device}/history", { params: { path: { device }, query } })).data;
  expect(found.map(({ id }) => id)).toEqual([said.id]);

  await expect(GET("/v1/devices/{device}", { params: { path: { device: "nobody's" } } }).then(need)).rejects.toThrow(
    new MerpatiError(new Response(null, { status: 404 }), { error: "Device not found or access denied" }).message,
  );
  expect((await DELETE("/v1/webhooks/{webhook}", { params: { path: { webhook: webhook.id } } })).data?.success).toBe(
    true,
  );
}, 60_000);

test("every kind is sent as the types have it", async () => {
  const { POST } = client();
  const ann = bot.contact();
  const group = need(
    await POST("/v1/devices/{device}/groups", {
      params: { path: { device } },
      body: { subject: "Pigeons", members: [ann.number] },
    }),
  ).data;
  const base64 = (bytes: Buffer) => bytes.toString("base64");
  const image = { kind: "image", base64: base64(await picture()) } as const;
  const said = (await ann.says("Halo!", { to: bot.phone })).id;
  await bot.next("message.received", ({ data }) => data.id === said);
  const poll = (await ann.asks("Tea?", ["yes", "no"], { to: bot.phone })).id;
  await bot.next("message.received", ({ data }) => data.id === poll);
  const send = async (content: Draft, to: string = ann.number) =>
    need(await POST("/v1/devices/{device}/messages", { params: { path: { device } }, body: { to, content } })).data;
  const first = await send({ kind: "text", text: "first" });
  const soon = Math.floor(Date.now() / 1_000) + 3_600;
  const film = base64(mp4());
  const sound = base64(wav());
  const drafts: { [K in Kind]: Extract<Draft, { kind: K }> | null } = {
    text: { kind: "text", text: "a text" },
    image,
    video: { kind: "video", base64: film },
    gif: { kind: "gif", base64: film },
    video_note: { kind: "video_note", base64: film },
    audio: { kind: "audio", base64: sound },
    voice: { kind: "voice", base64: sound },
    document: { kind: "document", base64: sound, name: "note.wav" },
    sticker: { kind: "sticker", base64: image.base64 },
    location: { kind: "location", latitude: -6.2, longitude: 106.8 },
    live_location: { kind: "live_location", latitude: -6.2, longitude: 106.8 },
    contacts: { kind: "contacts", contacts: [{ name: "Budi", phone: "628123456789" }] },
    group_invite: { kind: "group_invite", group: group.id, code: "AbCdEf", name: "Team" },
    poll: { kind: "poll", question: "Tea?", options: ["yes", "no"] },
    event: { kind: "event", name: "Picnic", start_at: soon },
    menu: { kind: "menu", text: "What?", options: [{ title: "This", id: "1" }] },
    reaction: { kind: "reaction", target: said, emoji: "👍" },
    edit: { kind: "edit", target: first.id, text: "better" },
    forward: { kind: "forward", target: said },
    pin: { kind: "pin", target: said },
    keep: { kind: "keep", target: said },
    poll_vote: { kind: "poll_vote", target: poll, options: ["yes"] },
    event_response: null, // answers somebody else's event, in a group
    album: { kind: "album", files: [image, { ...image, caption: "again" }] },
    timer: { kind: "timer", seconds: 86_400 },
    delete: { kind: "delete", target: first.id },
  };
  await bot.device.outbox.settled(first.message_id, 5_000);
  for (const draft of Object.values(drafts)) {
    if (draft === null) continue;
    const { message_id: id } = await send(draft);
    expect([draft.kind, (await bot.device.outbox.settled(id, 10_000)).state]).toEqual([draft.kind, "sent"]);
  }
}, 120_000);

test("a stream goes on behind its cursor after the line broke, without a gap", async () => {
  const ann = bot.contact();
  const ending = new AbortController();
  const texts: string[] = [];
  const [opened, missed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = Promise.withResolvers<void>();
  let lines = 0;
  /** The first line breaks behind its first event, and is not back before another one happened. */
  const breaking = async (request: Request): Promise<Response> => {
    lines += 1;
    if (lines === 2) await missed.promise;
    const response = await fetch(request);
    opened.resolve();
    if (lines > 1 || response.body === null) return response;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk);
        if (new TextDecoder().decode(chunk).includes("data:")) controller.terminate();
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
  const options = { url: bot.url, key: adminKey, types: ["message.received"] as const, signal: ending.signal };
  const reading = (async () => {
    for await (const { event } of streamEvents({ ...options, fetch: breaking })) {
      const { content } = event.data;
      texts.push(content.kind === "text" ? content.text : content.kind);
      first.resolve();
      if (texts.length === 3) ending.abort();
    }
  })();
  const says = async (text: string): Promise<void> => {
    const { id } = await ann.says(text, { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === id);
  };
  await opened.promise;
  await says("one");
  await first.promise;
  await says("two");
  missed.resolve();
  await says("three");
  await reading;
  expect(texts).toEqual(["one", "two", "three"]);
  expect(lines).toBe(2);
}, 60_000);

test("a stream whose line breaks before its first event misses nothing, nor what is only true now", async () => {
  const ending = new AbortController();
  const missed = Promise.withResolvers<void>();
  let lines = 0;
  /** The first line breaks as soon as it says where it stands. */
  const breaking = async (request: Request): Promise<Response> => {
    lines += 1;
    if (lines === 2) await missed.promise;
    const response = await fetch(request);
    if (lines > 1 || response.body === null) return response;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk);
        if (!new TextDecoder().decode(chunk).includes("id:")) return;
        controller.terminate();
        void says("before the first event").then(missed.resolve);
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
  const says = async (text: string): Promise<void> => {
    const { id } = await bot.contact().says(text, { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === id);
  };
  const types = ["message.received", "device.qr"] as const;
  const heard: [type: string, cursor: string][] = [];
  for await (const { event, cursor } of streamEvents({
    url: bot.url,
    key: adminKey,
    types,
    signal: ending.signal,
    fetch: breaking,
  })) {
    heard.push([event.type, cursor]);
    if (event.type === "device.qr") ending.abort();
    else await (await bot.workspace.createDevice("shows-qr")).start();
  }
  // A QR code stands in no log: the cursor behind the message stays.
  expect(heard).toEqual([
    ["message.received", expect.stringMatching(/^\w+$/)],
    ["device.qr", heard[0]?.[1] ?? ""],
  ]);
}, 20_000);

test("a call that may be repeated is, and sends once", async () => {
  const ann = bot.contact();
  const keys: (string | null)[] = [];
  const losesFirst = async (request: Request): Promise<Response> => {
    keys.push(request.headers.get("idempotency-key"));
    const response = await fetch(request);
    if (keys.length === 1) throw new TypeError("the line broke, and nobody knows what was done");
    if (keys.length === 2) return new Response(null, { status: 503, headers: { "retry-after": "0" } });
    return response;
  };
  const { POST } = createClient({ url: bot.url, key: adminKey, fetch: losesFirst });
  const body = { to: ann.number, text: "only once" };
  const sent = need(await POST("/v1/devices/{device}/messages", { params: { path: { device } }, body })).data;
  expect(keys).toEqual([keys[0], keys[0], keys[0]] as typeof keys);
  expect(keys[0]).toBeString();
  await ann.hears("only once");
  const all = need(await client().GET("/v1/devices/{device}/messages", { params: { path: { device } } })).data;
  expect(all.filter(({ content }) => content.kind === "text" && content.text === "only once")).toHaveLength(1);
  expect(all.some(({ message_id: id }) => id === sent.message_id)).toBe(true);
  // What is no call to send is not made twice.
  let tries = 0;
  const never = createClient({
    url: bot.url,
    key: adminKey,
    fetch: () => (tries++, Promise.reject(new TypeError("x"))),
  });
  await expect(never.POST("/v1/devices/{device}/stop", { params: { path: { device } } })).rejects.toThrow("x");
  expect(tries).toBe(1);
});

test("a delivery is refused that somebody changed, that is old, or that lacks a header", async () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const body = '{"id":"a"}';
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = new Bun.CryptoHasher("sha256", Buffer.from(secret.slice(6), "base64"));
  const signature = `v1,${key.update(`a.${timestamp}.${body}`).digest("base64")}`;
  const headers = { "webhook-id": "a", "webhook-timestamp": timestamp, "webhook-signature": signature };
  expect<object>(await verifyWebhook({ secret, headers, body })).toEqual({ id: "a" });
  const refused = (more: object) => expect(verifyWebhook({ secret, headers, body, ...more })).rejects;
  await refused({ body: '{"id":"b"}' }).toThrow("No signature");
  await refused({ secret: "another secret" }).toThrow("No signature");
  await refused({ headers: { ...headers, "webhook-timestamp": "1" } }).toThrow("too old");
  await refused({ headers: {} }).toThrow("webhook-id is missing");
  await refused({ headers: { ...headers, "webhook-signature": "v1,!!!" } }).toThrow("No signature");
});

test("logging out ends the story", async () => {
  const out = need(await client().POST("/v1/devices/{device}/logout", { params: { path: { device } } }));
  expect(out.success).toBe(true);
  expect(bot.device.status().phase).toBe("logged_out");
});
