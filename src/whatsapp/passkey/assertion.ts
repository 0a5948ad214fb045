import { createHash } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";
import type { PasskeyAssertion } from "../../core/model/passkey.ts";

/** Where WhatsApp lets an account sign. */
const origin = "https://web.whatsapp.com";
/** Larger than any that an authenticator makes. */
const mostBytes = 16_384;
const base64url = /^[A-Za-z0-9_-]+$/;
/** The user was there, and was recognised. */
const present = 0x01;
const verified = 0x04;

/** What of WhatsApp's options an answer is held to. */
export interface SigningRequest {
  challenge: string;
  rpId: string;
  /** Milliseconds; null where WhatsApp names none. */
  timeout: number | null;
  /** Ids of the credentials that may sign, in base64url; empty is any. */
  allowed: readonly string[];
}

/** What WhatsApp wants signed. Null for what is no `PublicKeyCredentialRequestOptionsJSON`. */
export function signingRequest(json: string): SigningRequest | null {
  try {
    const { challenge, rpId, timeout, allowCredentials } = JSON.parse(json) as Record<string, unknown>;
    if (json.length > mostBytes || typeof challenge !== "string" || !base64url.test(challenge)) return null;
    const allowed = Array.isArray(allowCredentials)
      ? allowCredentials.map((one: { id?: unknown }) => String(one.id))
      : [];
    return {
      challenge,
      rpId: typeof rpId === "string" ? rpId : "whatsapp.com",
      timeout: typeof timeout === "number" && timeout > 0 ? timeout : null,
      allowed,
    };
  } catch {
    return null;
  }
}

/** What WhatsApp gets. */
export interface SignedRequest {
  credentialId: Buffer;
  /** The assertion as JSON, with nothing in it but what WebAuthn names. */
  json: string;
}

/**
 * The answer as WhatsApp wants it. It is checked here first, as far as that goes without the account's public key: a bad
 * one costs the whole attempt there. Throws `invalid` with what is wrong.
 */
export function signedRequest(given: PasskeyAssertion, request: SigningRequest): SignedRequest {
  const { id, rawId, type, response } = given;
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = response;
  if (type !== "public-key") throw wrong("type", 'is not "public-key"');
  const bytes = { rawId, clientDataJSON, authenticatorData, signature, ...(userHandle === null ? {} : { userHandle }) };
  for (const [name, text] of Object.entries(bytes))
    if (!base64url.test(text)) throw wrong(name, "is not base64url without padding");
  if (id !== rawId) throw wrong("id", "is another one than rawId");
  if (request.allowed.length > 0 && !request.allowed.includes(id))
    throw wrong("id", "is not one of the passkeys that WhatsApp named: sign with the account's own");
  checkClientData(clientDataJSON, request.challenge);
  checkAuthenticator(authenticatorData, request.rpId);
  const json = JSON.stringify({
    id,
    rawId,
    type,
    response: { clientDataJSON, authenticatorData, signature, userHandle },
  });
  if (json.length > mostBytes) throw wrong("response", "is larger than 16 KiB");
  return { credentialId: Buffer.from(rawId, "base64url"), json };
}

function checkClientData(encoded: string, challenge: string): void {
  const said = parsed(Buffer.from(encoded, "base64url").toString());
  if (said["type"] !== "webauthn.get") throw wrong("clientDataJSON", 'is of another type than "webauthn.get"');
  if (said["challenge"] !== challenge)
    throw wrong("clientDataJSON", "answers another challenge: reload the page, and sign what it shows now");
  if (said["origin"] !== origin) throw wrong("clientDataJSON", `was not signed on ${origin}`);
}

function checkAuthenticator(encoded: string, rpId: string): void {
  const data = Buffer.from(encoded, "base64url");
  const ofSite = createHash("sha256").update(rpId).digest();
  if (data.length < 37 || !data.subarray(0, 32).equals(ofSite))
    throw wrong("authenticatorData", `is not of a passkey of ${rpId}`);
  const flags = data[32] ?? 0;
  if ((flags & present) === 0 || (flags & verified) === 0)
    throw wrong("authenticatorData", "says that nobody confirmed it by fingerprint, face or PIN");
}

function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // As what is no object.
  }
  throw wrong("clientDataJSON", "is no JSON object");
}

const wrong = (field: string, why: string) => new Failure("invalid", `"${field}" of the assertion ${why}.`, { field });
