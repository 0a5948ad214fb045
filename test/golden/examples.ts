/** The examples of OpenAPI, made of the transcripts in this folder. Run by itself it writes them where the server finds them. */
import { Glob } from "bun";
import { join } from "node:path";
import { Conformance } from "../api/conformance.ts";
import { describedApi } from "../api/described.ts";
import { type Exchange, parse } from "../api/transcript.ts";

export const examplesFile = join(import.meta.dir, "../../src/api/openapi/examples.json");

/** How many examples a request or an answer has at most. */
const most = { well: 3, badly: 1 };

/** What stands in an example for a value that differs every time. */
const values: Readonly<Record<string, string | number | readonly never[]>> = {
  iso: "2026-11-20T13:37:00.000Z",
  "n seconds": "60 seconds",
  qr: "https://wa.me/settings/linked_devices#2@WsYov5rE,dEfGhIjK,gHiJkLmN,jKlMnOpQ",
  challenge: "7NJlkk111jxO8FN_vV1z2RU2yVTLAASWlVJyC7i8f4g",
  "passkey link": "https://bot.example.com/passkey?link=WyJkZWZhdWx0Il0.0f1e2d3c",
  "web link": "https://web.whatsapp.com/#merpati-passkey=eyJ1cmwiOiJodHRwczovL2JvdC5leGFtcGxlLmNvbS8ifQ",
  "qr link": "https://bot.example.com/connection/qr?link=WyJkZWZhdWx0Il0.0f1e2d3c",
  "file link": "https://bot.example.com/media/WzE3OTUxODI0MjAwMDBd.0f1e2d3c",
  png: "data:image/png;base64,iVBORw0KGgo…",
  code: "ABCD-EFGH",
  "new key": "mp_Xk29QaExampleExampleExampleExampleExampleEx",
  uuid: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e55",
  waid: "3EB0C767D097E1D5B4A100",
  channel: "120363000000000007@newsletter",
  "channel link": "https://whatsapp.com/channel/0029VaAbCdEf",
  group: "120363000000000001@g.us",
  "another group": "120363000000000002@g.us",
  jid: "628123456789@s.whatsapp.net",
  lid: "84729104638201@lid",
  "phone's id": "3A9DF04F928EC7A45452",
  "invite code": "AbCdEfGhIjKlMnOpQrStUv",
  "invite link": "https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv",
  "media id": "qbSgZmzOwpIkboX_kcga0t",
  "media path": "/v1/media/qbSgZmzOwpIkboX_kcga0t",
  state: "sent",
  text: "…",
  name: "",
  unix: 1_795_181_820,
  milliseconds: 12,
  number: 1,
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  cursor: "MTo0Mg",
  list: [],
};

/** The same by the name of the field. */
const anything: Readonly<Record<string, unknown>> = {
  prefix: "mp_Xk29Qa",
  status: "disconnected",
  phase: "stopped",
  reason: "requested",
  message: null,
  offline_queue: { state: "complete", announced: 312, received: 312, missing: 0 },
  sending: {
    locked_until: null,
    asking_until: null,
    capped_until: null,
    restricted_until: null,
    probing: false,
    paused_until: null,
  },
  whatsapp_version: {
    version: "2.3000.1043857760",
    checked_at: 1_795_181_820,
    expires_at: null,
    may_be_too_old: false,
  },
  devices: { connected: 3, pairing: 1 },
  oldest_delivery_due_at: null,
  fields: { method: "GET", path: "/v1/devices", status: 401, ms: 0 },
};

/** Values that a run puts into requests and answers. */
const filled: Readonly<Record<string, string>> = {
  key: "YOUR_KEY",
  contact: "628123456789",
  "contact jid": "628123456789@s.whatsapp.net",
  phone: "6281100000001",
  message: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e55",
  bulk: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e57",
  webhook: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e56",
  event: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e55",
  "in an hour": "1795185420",
  "their message": "3A9DF04F928EC7A45452",
  invite: "AbCdEfGhIjKlMnOpQrStUv",
  media: "qbSgZmzOwpIkboX_kcga0t",
  call: "0B6C2F1D9A8E4C37",
  "channel code": "0029VaAbCdEf",
  hook: "https://example.com/hook",
  "made key": "mp_Xk29QaExampleExampleExampleExampleExampleEx",
  "made id": "0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55",
  channel: "120363000000000007@newsletter",
  group: "120363000000000001@g.us",
};

function shown(value: unknown, field = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => shown(each));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each, name)]));
  if (typeof value !== "string") return value;
  const name = /^\{\{([^}]+)\}\}$/.exec(value)?.[1];
  if (name === "any" && field in anything) return anything[field];
  if (name === "any") {
    throw new Error(`say in test/golden/examples.ts what an example shows of "${field}"`);
  }
  if (name !== undefined && name in values) return values[name];
  return value.replaceAll(
    /\{\{([^}]+)\}\}/g,
    (whole, each: string) => filled[each] ?? values[each]?.toString() ?? whole,
  );
}

interface Example {
  summary: string;
  value: unknown;
}
type Examples = Record<string, Example>;
interface OfOperation {
  requests?: Examples;
  answers: Record<string, Examples>;
}

/** `An album of two` is `an-album-of-two`. */
const named = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

function add(to: Examples, title: string, value: unknown, limit: number): void {
  const same = Object.values(to).some((each) => JSON.stringify(each.value) === JSON.stringify(value));
  if (!same && Object.keys(to).length < limit) to[named(title)] = { summary: title, value };
}

/** JSON of a body, with numbers where a run puts them; null of what is none. */
function jsonOf({ headers, body }: Exchange): unknown {
  if (body === null || !/json/.test(headers["content-type"] ?? "")) return null;
  try {
    return shown(JSON.parse(body.replaceAll("{{in an hour}}", filled["in an hour"] ?? "")));
  } catch {
    return null; // a transcript of what is no JSON
  }
}

/** By operation, in the order of their names. */
export async function examples(): Promise<Record<string, OfOperation>> {
  const conformance = new Conformance(describedApi());
  const all = new Map<string, OfOperation>();
  for (const file of [...new Glob("*.http").scanSync(import.meta.dir)].toSorted())
    for (const exchange of parse(await Bun.file(join(import.meta.dir, file)).text())) {
      const found = conformance.operation(exchange.method, exchange.path);
      if (found === null || found.name === "GET /docs/json") continue;
      const { name, operation } = found;
      const { status, body } = exchange.answer;
      const of = all.get(name) ?? { answers: {} };
      all.set(name, of);
      // What any operation may answer stands once among the components.
      const isOwn = operation.responses[status]?.$ref === undefined;
      if (body !== null && isOwn)
        add((of.answers[status] ??= {}), exchange.title, shown(body), status < 400 ? most.well : most.badly);
      const sent = status < 300 ? jsonOf(exchange) : null;
      if (sent !== null) add((of.requests ??= {}), exchange.title, sent, most.well);
    }
  return Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

if (import.meta.main) {
  await Bun.write(examplesFile, JSON.stringify(await examples()));
  await Bun.spawn([process.execPath, "fmt", "--no-script", examplesFile]).exited;
}
