import { Value } from "@sinclair/typebox/value";
import { invalidRequest, plainly } from "../api/failures.ts";
import { unixSeconds } from "../api/moment.ts";
import { assertionSchema, ceremonyBody, webAddress } from "../api/passkey.ts";
import { signingSnippet } from "../api/passkey-snippet.ts";
import type { App } from "../core/app.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import type { Device } from "../core/device/device.ts";
import type { PasskeyLinks } from "../core/device/passkey-link.ts";
import type { Audited } from "./acts.ts";
import { wholeBody } from "./counted.ts";
import type { PageServer } from "./pages.ts";

interface Parts {
  app: Pick<App, "as" | "isKeyUsable">;
  links: PasskeyLinks;
  pages: PageServer;
  audit: Audited;
  /** Where this server is reached, without a slash at the end. */
  own: string;
}

/** An assertion and what stands around it. */
const mostBytes = 65_536;

/** Browser extensions, whose ids differ from browser to browser. What they say is let in by the link alone. */
const extension = /^(chrome|moz|safari-web)-extension:\/\/[\w-]+$/;

/**
 * `/passkey?link=…`: one ceremony, for the owner of an account, who has no key. A page; its state as JSON; and the address
 * that takes what the owner's browser signed: `{ "assertion": … }` or `{ "same": true }`.
 */
export async function passkeyPage(request: Request, parts: Parts): Promise<Response> {
  const headers = answerHeaders(request.headers.get("origin") ?? "");
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers });
  if (request.method === "GET" && (request.headers.get("accept") ?? "").includes("text/html")) {
    const page = await parts.pages.answer(request, "/passkey");
    if (page) return page;
  }
  try {
    return Response.json({ success: true, data: await answer(request, parts) }, { headers });
  } catch (error) {
    const { status, body } = plainly(asFailure(error));
    return Response.json(body, { status, headers });
  }
}

async function answer(request: Request, parts: Parts) {
  const token = new URL(request.url).searchParams.get("link") ?? "";
  const { tenant, device: id, key, ceremony, expiresAt } = parts.links.read(token);
  if (!parts.app.isKeyUsable(key))
    throw new Failure("unauthorized", "The key that made this link is no longer valid: ask for a new link.");
  const principal = { tenant, key, scopes: ["read", "manage"] as const, devices: [id] };
  const device = parts.app.as({ ...principal, scopes: [...principal.scopes] }).device(id);
  if (request.method === "POST") {
    const act = await taken(request, device, ceremony);
    await parts.audit({ ...principal, scopes: [...principal.scopes] }, act, tenant, id);
  } else if (request.method !== "GET") throw new Failure("not_found", `There is no ${request.method} /passkey.`);
  return standing(device, ceremony, {
    device: device.status().label ?? id,
    link_expires_at: unixSeconds(expiresAt),
    url: `${parts.own}/passkey?link=${token}`,
  });
}

/** Does what the owner says; what the audit calls it. */
async function taken(request: Request, device: Device, ceremony: string): Promise<string> {
  const said = bodyIn(await wholeBody(request, mostBytes));
  device.passkey.running(ceremony);
  if (typeof said["same"] === "boolean") {
    await device.passkey.confirm(said["same"]);
    return "device.passkey_confirm";
  }
  const { assertion } = said;
  const mistake = Value.Errors(assertionSchema, assertion).First();
  if (mistake) throw invalidRequest([{ ...mistake, path: `/assertion${mistake.path}` }]);
  await device.passkey.sign(assertion as Parameters<Device["passkey"]["sign"]>[0]);
  return "device.passkey_sign";
}

function bodyIn(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // As what is no object.
  }
  throw new Failure("invalid", 'The body must be a JSON object with "assertion", or with "same".');
}

function standing(device: Device, ceremony: string, about: { device: string; link_expires_at: number; url: string }) {
  const { phase, account, passkey, reason } = device.status();
  if (passkey?.id !== ceremony) {
    const isLinked = account !== null || phase === "connected";
    return { ...about, state: isLinked ? ("linked" as const) : ("ended" as const), reason, ceremony: null };
  }
  const body = ceremonyBody(passkey);
  const snippet = body.options && signingSnippet(body.options, about.url);
  return {
    ...about,
    state: "running" as const,
    reason,
    ceremony: { ...body, snippet, web_url: webAddress(about.url) },
  };
}

const answerHeaders = (origin: string): Record<string, string> => ({
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  vary: "origin",
  ...(extension.test(origin) && {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "content-type",
    "access-control-allow-private-network": "true",
  }),
});
