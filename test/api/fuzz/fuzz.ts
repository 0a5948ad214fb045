/**
 * Calls every operation of OpenAPI with values that fit and values that do not, and holds each answer to its schema. A run by
 * itself takes how many calls and, to play one again, the seed: `bun test/api/fuzz/fuzz.ts 20000 7`.
 */
import moved from "../../moving/fixtures/baileys-6.7.24.json" with { type: "json" };
import { picture } from "../../files.ts";
import { adminKey, startBot, type TestBot } from "../../harness.ts";
import { type Ceremony, PasskeyStory } from "../../passkey/story.ts";
import { Conformance, type OpenApi } from "../conformance.ts";
import { Maker, type Schema } from "./maker.ts";
import { Pools } from "./pools.ts";
import { Random } from "./random.ts";
import { recipes } from "./recipes.ts";

const ann = "628123456789";

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Call {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly body: readonly (readonly [type: string, schema: Schema])[];
}

/** They need a device that is not linked yet. */
const linking = new Set([
  "connectionQr",
  "connectionNewPairingCode",
  "connectionPairingCode",
  "gatewayQr",
  "gatewayNewQr",
  "requestQrCode",
  "requestPairingCode",
]);
/** They take away what the others need, or slow down who guesses keys. */
const ending = new Set([
  "connectionDisconnect",
  "gatewayLogout",
  "gatewayNewQr",
  "logoutDevice",
  "signIn",
  "removePlugin",
]);
/** They go well only while an owner signs: `ceremony` plays that. */
const signing = new Set([
  "getPasskeyCeremony",
  "createPasskeyLink",
  "cancelPasskeyCeremony",
  "signWithPasskey",
  "confirmPasskeyCode",
]);
/** They are tried on devices that are there for it. */
const onScratch = new Set([
  "deleteDevice",
  "stopDevice",
  "deviceRemove",
  "deviceStart",
  "deleteTenantDevice",
  "importDevice",
]);

export interface FuzzResult {
  calls: number;
  well: number;
  /** Sentences on answers outside their schema, and on status 500. */
  faults: string[];
  /** Operations that never answered with 2xx. */
  neverWell: string[];
  seed: number;
}

class Fuzz {
  readonly #random: Random;
  readonly #maker: Maker;
  readonly #conformance: Conformance;
  readonly #well = new Map<string, number>();
  readonly #faults: string[] = [];
  readonly #calls: readonly Call[];
  #number = 0;

  constructor(
    readonly bot: TestBot,
    document: OpenApi,
    readonly pools: Pools,
    seed: number,
  ) {
    this.#random = new Random(seed);
    const at = (ref: string): unknown =>
      ref
        .slice(2)
        .split("/")
        .reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], document);
    this.#maker = new Maker(
      this.#random,
      (ref) => at(ref) as Schema,
      (name) => this.#known(name),
    );
    this.#conformance = new Conformance(document);
    this.#calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        const {
          parameters = [],
          requestBody,
          operationId,
          tags,
        } = operation as unknown as {
          parameters?: Parameter[];
          requestBody?: { content: Record<string, { schema: Schema }> };
          operationId: string;
          tags: string[];
        };
        const body = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => [type, schema] as const);
        const all = parameters.map((each) => (each.$ref === undefined ? each : (at(each.$ref) as Parameter)));
        return { method: method.toUpperCase(), path, operationId, tags, parameters: all, body };
      }),
    );
    for (const { operationId } of this.#calls) this.#well.set(operationId, 0);
  }

  /** So many calls of those for which `which` holds, each of them in turn and then by chance. */
  async run(count: number, which: (call: Call) => boolean): Promise<void> {
    const calls = this.#calls.filter(which);
    for (let done = 0; done < count; done++) {
      const call = done < 2 * calls.length ? calls[done % calls.length] : this.#random.one(calls);
      if (call) await this.#make(call, done < calls.length ? "right" : this.#mood());
    }
  }

  /** Chance may have left out what a call needs: all of these again, as they should be, until each went well once. */
  async insist(rounds: number, which: (call: Call) => boolean): Promise<void> {
    const calls = this.#calls.filter(which);
    for (let round = 0; round < rounds; round++) {
      if (calls.every(({ operationId }) => (this.#well.get(operationId) ?? 0) > 0)) return;
      for (const call of calls) await this.#make(call, "right");
    }
  }

  result(seed: number): FuzzResult {
    const well = [...this.#well.values()].reduce((sum, each) => sum + each, 0);
    const neverWell = [...this.#well].filter(([, times]) => times === 0).map(([name]) => name);
    return { calls: this.#number, well, faults: this.#faults, neverWell, seed };
  }

  #mood(): "right" | "made" | "spoilt" {
    const chance = this.#random.next();
    return chance < 0.5 ? "right" : chance < 0.75 ? "made" : "spoilt";
  }

  /** Good values by the name of a field. */
  #known(name: string): readonly unknown[] {
    if (/^(to|contact|contacts|chat|members|from|phones?|audience|mentions)$/.test(name)) return [ann];
    if (/^(group|groups|channel|community|media|bulk|webhook|event|label|plugin|tenant)$/.test(name))
      return this.pools.all(name);
    if (name === "media_id") return this.pools.all("media");
    if (name === "target" || name === "reply_to") return this.pools.all("said");
    if (name === "url") return this.pools.all("hook");
    if (/^(send_at|starts_at|ends_at|expires_at)$/.test(name)) return [Math.floor(Date.now() / 1_000) + 3_600];
    return [];
  }

  /** What a part of the path is, when it is to be right. */
  #inPath(name: string, { method, path, operationId }: Call): string {
    const { pools } = this;
    const random = this.#random;
    if (name === "device") {
      if (operationId === "exportTenantDevice") return "moved";
      if (onScratch.has(operationId)) return pools.one("scratch", random) ?? "scratch";
      return path.startsWith("/v1/admin/") ? (pools.one("scratch", random) ?? "scratch") : "default";
    }
    if (operationId === "rescheduleMessage") return pools.newest("waiting") ?? "none";
    if (/^(release|cancel)Message/.test(operationId)) return pools.take("waiting") ?? "none";
    if (operationId === "retryMessage") return pools.newest("over") ?? "none";
    if (operationId === "getHistoryMessage") return pools.newest("kept") ?? "3EB0";
    if (name === "message" && path.includes("/chats/"))
      return pools.newest(operationId === "deleteMessageForMe" ? "said" : "kept") ?? "3EB0";
    if (name === "label" && method !== "DELETE") return pools.newest("label") ?? "none";
    if (name === "label" && operationId.startsWith("unlabel")) return pools.newest("label") ?? "none";
    if (name === "tenant") return path.includes("/devices") ? "default" : (pools.one("tenant", random) ?? "tenant-0");
    if (operationId === "eraseContact") return "6281999000111";
    if (name === "chat" || name === "contact") return ann;
    if (name === "channel" && pools.all(operationId).length > 0) return pools.newest(operationId) ?? "none";
    if (operationId === "addBundledPlugin") return random.one(["language", "sticker", "quiz", "welcome"]) ?? "quiz";
    if (operationId === "removePlugin") return pools.one(name, random) ?? "none";
    // Some of each kind are left for the others.
    if (method === "DELETE" && pools.all(name).length < 3) return "none";
    return (method === "DELETE" ? pools.take(name) : pools.one(name, random)) ?? "none";
  }

  async #make(call: Call, mood: "right" | "made" | "spoilt"): Promise<void> {
    this.#number += 1;
    const { method, operationId } = call;
    const path = this.#path(call, mood);
    const { headers, body } = this.#body(call, mood);
    const cut = new AbortController();
    const request: RequestInit = { method, headers, signal: cut.signal, ...(body === undefined ? {} : { body }) };
    const response = await fetch(`${this.bot.url}${path}`, request);
    const { status } = response;
    const type = response.headers.get("content-type") ?? "";
    const said: unknown = type.startsWith("application/json") ? await response.json() : null;
    if (said === null) cut.abort(); // a stream has no end
    const told = `call ${this.#number} ${method} ${path} ${typeof body === "string" ? body.slice(0, 500) : ""}`;
    const fault = this.#conformance.fault(method, call.path, response, said);
    if (fault !== null) this.#faults.push(`${told}: ${fault}`);
    if (status === 500) this.#faults.push(`${told}: status 500`);
    if (status >= 300) return;
    this.#well.set(operationId, (this.#well.get(operationId) ?? 0) + 1);
    const { data = said } = (said ?? {}) as { data?: unknown };
    this.pools.learn(operationId, data);
    if (operationId === "createTenantDevice" || operationId === "createDevice" || operationId === "deviceStart")
      this.pools.add(
        "scratch",
        (data as Record<string, unknown>)["device_id"] ?? (data as Record<string, unknown>)["device"],
      );
  }

  #path(call: Call, mood: string): string {
    const spoilt = mood === "spoilt" && this.#random.chance(0.3);
    const path = call.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(
        spoilt && !onScratch.has(call.operationId) ? text(this.#maker.wrong()) : this.#inPath(name, call),
      ),
    );
    const query = new URLSearchParams();
    for (const { name, in: place, required, schema } of call.parameters) {
      if (place !== "query" || (required !== true && (mood === "right" || this.#random.chance(0.6)))) continue;
      const value =
        mood === "spoilt" && this.#random.chance(0.4) ? this.#maker.wrong() : this.#parameter(call, name, schema);
      query.set(name, text(value));
    }
    return query.size === 0 ? path : `${path}?${query}`;
  }

  #parameter(call: Call, name: string, schema: Schema): unknown {
    if (name === "code") return this.pools.one(`${call.tags[0]} code`, this.#random) ?? "AbCdEfGhIjKl";
    const value = this.#maker.right(schema, name);
    return Array.isArray(value) ? value.join(",") : value;
  }

  #body(call: Call, mood: string): { headers: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> } {
    const headers: Record<string, string> = { "x-api-key": adminKey };
    if (call.method === "GET" || call.body.length === 0) return { headers };
    const [type, schema] = call.body[0] ?? ["", {}];
    const recipe = recipes[call.operationId];
    const right = () =>
      recipe?.((kind) => this.pools.one(kind, this.#random), this.#number) ?? this.#maker.right(schema);
    const fits = mood === "made" && type === "application/json" ? this.#maker.right(schema) : right();
    if (fits instanceof Uint8Array)
      return { headers: { ...headers, "content-type": type }, body: new Uint8Array(fits) };
    if (type !== "application/json") return { headers: { ...headers, "content-type": type }, body: text(fits) };
    const value = mood === "spoilt" ? this.#maker.spoilt(fits) : fits;
    return { headers: { ...headers, "content-type": type }, body: JSON.stringify(value) };
  }
}

const text = (value: unknown): string =>
  (typeof value === "string" ? value.toWellFormed() : JSON.stringify(value)) || "x";

/** A bot with a linked device, somebody to write to, a group, a channel, a file. */
async function world(bot: TestBot, pools: Pools): Promise<void> {
  await bot.link();
  const contact = bot.contact(ann);
  pools.add("said", (await contact.says("Halo!", { to: bot.phone })).id);
  pools.add("kept", (await contact.says("Is it open?", { to: bot.phone })).id);
  const { id } = await contact.sends({ kind: "image", bytes: await picture() }, { to: bot.phone });
  const { content } = (await bot.next("message.received", ({ data }) => data.id === id)).data;
  if ("media_id" in content) pools.add("media", content.media_id);
  pools.add("group", (await bot.device.groups.create("Pigeon post", [ann])).group.id);
  pools.add("groups code", bot.sim.group("Open house", [contact]).inviteCode);
  const news = bot.sim.channel("Pigeon news", { by: contact, followers: [] });
  for (const operation of ["transferChannel", "demoteChannelAdmin"]) {
    const shared = await bot.device.channels.create(operation, null);
    const channel = bot.sim.findChannel(shared.id);
    channel?.follow(contact);
    channel?.appoint(contact);
    pools.add(operation, shared.id);
  }
  pools.add("channels code", news.invite);
  pools.add("channel", (await bot.device.channels.create("Pigeon post", null)).id);
  const later = { to: ann, send_at: Math.floor(Date.now() / 1_000) + 3_600 };
  // Each cancel and release uses one up.
  for (const text of ["one", "two", "three", "four", "five"])
    pools.add("waiting", (await bot.device.outbox.send({ ...later, content: { kind: "text", text } })).id);
  pools.add("call", contact.calls({ to: bot.phone }).id);
  pools.add("scratch", (await bot.workspace.createDevice("scratch")).id);
  // Linked and stopped: what may be exported.
  await bot.workspace.createDevice("moved");
  await bot.call("POST", "/v1/devices/moved/import", { files: moved, stopped: true });
}

/** The ceremony of an account with a passkey: cancelled once, then signed and compared. */
async function ceremony(document: OpenApi, seed: number): Promise<FuzzResult> {
  await using story = await PasskeyStory.begin();
  const pools = new Pools({});
  const run = new Fuzz(story.bot, document, pools, seed);
  const call = (name: string) => run.run(1, ({ operationId }) => operationId === name);
  await story.asked();
  for (const name of ["getPasskeyCeremony", "createPasskeyLink", "cancelPasskeyCeremony"]) await call(name);
  await story.again();
  const { linked } = await story.asked();
  // After five minutes a code is to be compared.
  story.clock.wind(301_000);
  const { data } = await story.call<Ceremony>("GET");
  pools.add("assertion", JSON.stringify(story.passkey.signs(data.options ?? { challenge: "none" })));
  await call("signWithPasskey");
  await story.reached("code");
  await call("confirmPasskeyCode");
  await linked;
  return run.result(seed);
}

export async function fuzz(calls: number, seed: number): Promise<FuzzResult> {
  const [all, document] = await byChance(calls, seed);
  const signed = await ceremony(document, seed);
  const isNever = (name: string) => !signing.has(name) || signed.neverWell.includes(name);
  return {
    calls: all.calls + signed.calls,
    well: all.well + signed.well,
    faults: [...all.faults, ...signed.faults],
    neverWell: all.neverWell.filter(isNever),
    seed,
  };
}

async function byChance(calls: number, seed: number): Promise<[FuzzResult, OpenApi]> {
  await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  const pools = new Pools({ plugin: ["ping", "help"], type: ["message.received"], hook: [bot.receiver.url] });
  await bot.call("PATCH", "/v1/admin/tenants/default", {
    device_limit: null,
    limits: { requests_per_second: null, sign_ins_per_minute: null, sockets: null },
  });
  pools.add("phone", bot.phone.number); // a number without a phone gets no pairing code
  const document = (await (await fetch(`${bot.url}/docs/json`)).json()) as OpenApi;
  const run = new Fuzz(bot, document, pools, seed);
  await run.run(Math.ceil(calls * 0.03), ({ operationId }) => linking.has(operationId));
  await world(bot, pools);
  const last = Math.ceil(calls * 0.02);
  const main = calls - Math.ceil(calls * 0.03) - last;
  const making = 60;
  await run.run(making, ({ operationId }) => /^create(?!QrLink)|^deviceStart/.test(operationId));
  await run.run(main - making, ({ operationId }) => !ending.has(operationId));
  await run.insist(5, ({ operationId }) => !ending.has(operationId) && !linking.has(operationId));
  await run.run(last, ({ operationId }) => ending.has(operationId));
  return [run.result(seed), document];
}

if (import.meta.main) {
  const [calls = "20000", seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
  const result = await fuzz(Number(calls), Number(seed));
  const { faults, neverWell, well } = result;
  process.stdout.write(`${JSON.stringify({ ...result, faults: faults.length })}\n${faults.slice(0, 50).join("\n")}\n`);
  process.exit(faults.length === 0 && neverWell.length === 0 && well >= 0.3 * result.calls ? 0 : 1);
}
