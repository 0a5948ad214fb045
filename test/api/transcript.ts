/** Golden transcripts: reading them, and telling an answer from the one that is frozen. See test/golden/README.md. */
export interface Exchange {
  title: string;
  /** The state the bot is brought to first, or null. */
  state: string | null;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
  answer: { status: number; headers: Record<string, string>; body: unknown };
}

/** What stands for a value that differs every time. Unix seconds and the like are numbers on the wire. */
const placeholders: Record<string, RegExp | "number" | "list" | "any"> = {
  iso: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  "n seconds": /^\d{1,3} seconds$/,
  qr: /^https:\/\/wa\.me\/settings\/linked_devices#2@[^,]+(,[^,]+){3,}$/,
  challenge: /^[\w-]{43}$/,
  "passkey link": /^http:\/\/127\.0\.0\.1:\d+\/passkey\?link=[\w-]+\.[0-9a-f]{64}$/,
  "web link": /^https:\/\/web\.whatsapp\.com\/#merpati-passkey=[\w-]+$/,
  "qr link": /^http:\/\/127\.0\.0\.1:\d+\/connection\/qr\?link=[\w-]+\.[0-9a-f]{64}$/,
  "file link": /^http:\/\/127\.0\.0\.1:\d+\/media\/[\w-]+\.[0-9a-f]{64}$/,
  png: /^data:image\/png;base64,iVBORw0KGgo[A-Za-z0-9+/]+=*$/,
  code: /^[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}$/,
  "new key": /^mp_[\w-]{43}$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  waid: /^3EB0[0-9A-F]{18}$/,
  channel: /^\d+@newsletter$/,
  "channel link": /^https:\/\/whatsapp\.com\/channel\/[\w-]+$/,
  group: /^\d+@g\.us$/,
  "another group": /^\d+@g\.us$/,
  jid: /^\d+@s\.whatsapp\.net$/,
  lid: /^\d+@lid$/,
  "phone's id": /^3A[0-9A-F]{18}$/,
  "invite code": /^[\w-]{12,22}$/,
  "invite link": /^https:\/\/chat\.whatsapp\.com\/[\w-]{12,22}$/,
  "media id": /^[\w-]{22}$/,
  "media path": /^\/v1\/media\/[\w-]{22,36}$/,
  state: /^(sent|delivered|read)$/,
  text: /./,
  name: /^/,
  unix: "number",
  milliseconds: "number",
  number: "number",
  secret: /^whsec_[A-Za-z0-9+/]{43}=$/,
  cursor: /^[A-Za-z0-9+/]+$/,
  list: "list",
  any: "any",
};

export function parse(text: string): Exchange[] {
  return text
    .split(/^== /m)
    .filter((part) => part.trim() !== "")
    .map(exchange);
}

function exchange(text: string): Exchange {
  const [asked = "", answered = ""] = text.split(/^-{10}\n/m);
  const [title = "", ...rest] = asked.split("\n");
  const state = rest[0]?.startsWith("@") ? (rest.shift()?.slice(1).trim() ?? null) : null;
  const [line = "", ...request] = rest;
  const [, method = "", path = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
  const [headers, body] = message(request.join("\n"));
  const [status = "", ...response] = answered.split("\n");
  const [answerHeaders, answerBody] = message(response.join("\n"));
  return {
    title,
    state,
    method,
    path,
    headers,
    body: body || null,
    answer: { status: Number(status), headers: answerHeaders, body: answerBody ? JSON.parse(answerBody) : null },
  };
}

function message(text: string): [headers: Record<string, string>, body: string] {
  const [head = "", ...rest] = text.split(/\n\n|^\n/);
  const lines = head.split("\n").filter((line) => line !== "");
  return [
    Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
    ),
    rest.join("\n\n").trim(),
  ];
}

/** Puts the values that this run has into a request or an expected answer. */
export function filled<T>(value: T, values: Record<string, string>): T {
  const text = JSON.stringify(value).replace(/\{\{([^}]+)\}\}/g, (whole, name: string) => values[name] ?? whole);
  return JSON.parse(text) as T;
}

/** Where `actual` is not what `expected` says, by dotted path; empty when all is well. */
export function differences(expected: unknown, actual: unknown, path = "body"): string[] {
  const name = typeof expected === "string" ? /^\{\{([^}]+)\}\}$/.exec(expected)?.[1] : undefined;
  if (name !== undefined) return fits(name, actual) ? [] : [`${path}: ${shown(actual)} is no ${name}`];
  if (typeof expected !== "object" || expected === null)
    return Object.is(expected, actual) ? [] : [`${path}: ${shown(actual)} instead of ${shown(expected)}`];
  if (typeof actual !== "object" || actual === null) return [`${path}: ${shown(actual)} instead of ${shown(expected)}`];
  const there = new Map(Object.entries(actual));
  const missing = Object.entries(expected).flatMap(([key, value]) =>
    there.has(key) ? differences(value, there.get(key), `${path}.${key}`) : [`${path}.${key} is missing`],
  );
  const surplus = [...there.keys()].filter((key) => !(key in expected)).map((key) => `${path}.${key} is too much`);
  return [...missing, ...surplus];
}

function fits(name: string, actual: unknown): boolean {
  const shape = placeholders[name];
  if (shape === undefined) throw new Error(`no placeholder is called ${name}`);
  if (shape === "any") return true;
  if (shape === "list") return Array.isArray(actual);
  return shape === "number" ? Number.isInteger(actual) : typeof actual === "string" && shape.test(actual);
}

const shown = (value: unknown) => JSON.stringify(value) ?? "nothing";

/** The type of every leaf, for comparing an example with a transcript: `{ a: "string" }`. */
export function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, each]) => [key, shape(each)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const name = typeof value === "string" ? /^\{\{([^}]+)\}\}$/.exec(value)?.[1] : undefined;
  if (name !== undefined && /list|any/.test(String(placeholders[name]))) return "null"; // anything
  return name !== undefined && placeholders[name] === "number" ? "number" : value === null ? "null" : typeof value;
}
