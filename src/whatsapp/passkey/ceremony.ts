import { randomBytes } from "node:crypto";
import { type BinaryNode, getBinaryNodeChild, proto, S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import type { PasskeyAssertion, PasskeyCalls, PasskeyEnd, PasskeyStage } from "../../core/model/passkey.ts";
import type { Signal } from "../../core/ports/connector.ts";
import { signedRequest, type SignedRequest, type SigningRequest, signingRequest } from "./assertion.ts";
import { handoffKey, PasskeyHandshake, type PrimaryIdentity, primaryIdentity } from "./handshake.ts";

/** WhatsApp's options say so (seen 2026-07); WhatsApp Web forgets them after as long. */
const mostSigningMs = 600_000;
/** For how long the phone takes the proof (whatsmeow, WhatsApp Web). */
const handoffMs = 300_000;
/** Two questions to the server. */
const sendingMs = 60_000;
/** WhatsApp Web waits so long for the phone, for a person who compares, and for the link. */
const waitMs = 120_000;

export interface CeremonyPorts {
  readonly sock: Pick<WASocket, "query" | "authState">;
  /** The second word of how the companion calls itself: `Chrome`. */
  readonly browserName: string;
  readonly clock: Clock;
  report(signal: Signal): void;
}

/**
 * The companion's part of linking an account that has a passkey. WhatsApp asks for a signature; the owner makes it in a
 * browser; the phone answers with a key of its own, under which it gets ours. Then the link goes on as any other.
 *
 * All of it lives and ends with one connection.
 */
export class PasskeyCeremonyRun implements PasskeyCalls {
  readonly #id = randomBytes(16).toString("hex");
  #stage: PasskeyStage = "preparing";
  #request: SigningRequest | null = null;
  #handoff: { key: Buffer; until: number } | null = null;
  #handshake: PasskeyHandshake | null = null;
  #phone: PrimaryIdentity | null = null;
  #cancelTimer = () => {};
  #over = false;

  readonly #ports: CeremonyPorts;

  constructor(ports: CeremonyPorts) {
    this.#ports = ports;
  }

  /** WhatsApp asks for a passkey, for the first time or with another challenge. */
  asked(notification: BinaryNode): void {
    if (this.#over || (this.#stage !== "preparing" && this.#stage !== "signature")) return;
    const { sock, clock } = this.#ports;
    // That of the QR which was scanned, or of the code: a later request has the same.
    this.#handoff ??= { key: handoffKey(secretOf(sock)), until: clock.monotonic() + handoffMs };
    this.#enter("preparing", sendingMs, "passkey_no_answer");
    this.#prepare(notification).catch((error: unknown) => this.#failed("options", error));
  }

  async #prepare(notification: BinaryNode): Promise<void> {
    const told = optionsIn(notification);
    const options =
      told && signingRequest(told) ? told : optionsIn(await this.#query("get", "passkey_request_options"));
    if (this.#over) return;
    this.#request = options === null ? null : signingRequest(options);
    if (!this.#request) return this.#end("passkey_refused", "options: unreadable");
    this.#enter("signature", Math.min(this.#request.timeout ?? mostSigningMs, mostSigningMs), "passkey_expired", {
      options,
    });
  }

  sign(assertion: PasskeyAssertion): void {
    if (this.#stage !== "signature" || !this.#request)
      throw new Failure(
        "conflict",
        "WhatsApp waits for no signature now: this attempt has one, or waits for the phone.",
      );
    const signed = signedRequest(assertion, this.#request);
    this.#enter("sending", sendingMs, "passkey_no_answer");
    this.#send(signed).catch((error: unknown) => this.#failed("passkey_prologue", error));
  }

  async #send({ credentialId, json }: SignedRequest): Promise<void> {
    // Asked for after signing, as WhatsApp Web does.
    const ref = contentOf(getBinaryNodeChild(await this.#query("get", "ref"), "ref"))?.toString("utf8");
    if (this.#over) return;
    if (!ref) return this.#end("passkey_refused", "ref: unreadable");
    const platform = this.#ports.browserName.toUpperCase() as keyof typeof proto.DeviceProps.PlatformType;
    const { PlatformType } = proto.DeviceProps;
    const handshake = new PasskeyHandshake(PlatformType[platform] ?? PlatformType.CHROME, ref);
    const prologue = handshake.prologue();
    const proof = this.#proof(prologue);
    this.#handshake = handshake;
    // The phone's answer may come before the server's.
    this.#enter("phone", waitMs, "passkey_no_answer");
    await this.#query("set", "passkey_prologue", [
      element("credential_id", credentialId),
      element("webauthn_assertion", Buffer.from(json)),
      element("prologue_payload", prologue),
      ...(proof ? [element("pairing_handoff_proof", proof)] : []),
    ]);
  }

  /** Null when it would come too late: then the phone shows a code. */
  #proof(prologue: Buffer): Buffer | null {
    if (this.#handoff && this.#handoff.until <= this.#ports.clock.monotonic()) this.#handoff = null;
    return this.#handoff && PasskeyHandshake.proof(this.#handoff.key, prologue);
  }

  /** The phone answered. One that comes late or again is not heard. */
  continued(notification: BinaryNode): void {
    if (this.#over || this.#stage !== "phone" || this.#phone || !this.#handshake) return;
    const bytes = contentOf(getBinaryNodeChild(notification, "primary_ephemeral_identity"));
    this.#phone = bytes && primaryIdentity(bytes);
    if (!this.#phone) return this.#end("passkey_refused", "crsc_continuation: unreadable");
    this.#show(this.#handshake, this.#phone).catch((error: unknown) => this.#failed("companion_nonce", error));
  }

  async #show(handshake: PasskeyHandshake, phone: PrimaryIdentity): Promise<void> {
    await this.#query("set", "companion_nonce", handshake.nonce);
    if (this.#over) return;
    // With the proof the phone knows whom it links; without it nobody may confirm but a person.
    if (this.#handoff) return this.#finish(handshake, phone);
    this.#enter("code", waitMs, "passkey_expired", { code: handshake.code(phone) });
  }

  confirm(isSame: boolean): void {
    if (this.#stage !== "code" || !this.#handshake || !this.#phone)
      throw new Failure("conflict", "There is no code to compare now.");
    if (!isSame) return this.#end("passkey_cancelled", "the codes differ");
    const [handshake, phone] = [this.#handshake, this.#phone];
    this.#finish(handshake, phone).catch((error: unknown) => this.#failed("encrypted_pairing_request", error));
  }

  async #finish(handshake: PasskeyHandshake, phone: PrimaryIdentity): Promise<void> {
    this.#enter("finishing", waitMs, "passkey_no_answer");
    const { creds } = this.#ports.sock.authState;
    const before = creds.advSecretKey;
    const advSecret = randomBytes(32);
    const keys = { noise: creds.noiseKey.public, identity: creds.signedIdentityKey.public, advSecret };
    const sealed = handshake.sealedKeys(phone, keys);
    // Now, since the link may be told before the answer; an attempt that got no further leaves no trace.
    creds.advSecretKey = advSecret.toString("base64");
    try {
      await this.#query("set", "encrypted_pairing_request", sealed);
    } catch (error) {
      creds.advSecretKey = before;
      throw error;
    }
  }

  /** Linked, given up, or the connection is gone. */
  stop(): void {
    this.#over = true;
    this.#cancelTimer();
    this.#request = null;
    this.#handoff = null;
    this.#handshake = null;
    this.#phone = null;
  }

  #enter(
    stage: PasskeyStage,
    ms: number,
    late: PasskeyEnd,
    shown: { options?: string | null; code?: string } = {},
  ): void {
    const { clock } = this.#ports;
    this.#stage = stage;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(ms, () => this.#end(late, `${stage}: nothing came in time`));
    const { options = null, code = null } = shown;
    this.#ports.report({
      type: "passkey_stage",
      ceremony: { id: this.#id, stage, expiresAt: clock.now() + ms, options, code },
    });
  }

  async #query(type: "get" | "set", tag: string, content?: BinaryNode["content"]): Promise<BinaryNode> {
    const asked = content === undefined ? { tag, attrs: {} } : { tag, attrs: {}, content };
    const attrs = { to: S_WHATSAPP_NET, type, xmlns: "md" };
    // Baileys resolves with nothing when no answer comes in time.
    const answer = (await this.#ports.sock.query({ tag: "iq", attrs, content: [asked] })) as BinaryNode | undefined;
    if (!answer) throw new Silence();
    return answer;
  }

  #failed(step: string, error: unknown): void {
    if (this.#over) return;
    if (error instanceof Silence) return this.#end("passkey_no_answer", `${step}: no answer`);
    // Baileys throws WhatsApp's own code so. What else there is, is the end of the connection, which is heard by itself.
    const code = error instanceof Error && "data" in error ? error.data : undefined;
    if (typeof code === "number") this.#end("passkey_refused", `${step}: ${code}`);
  }

  #end(reason: PasskeyEnd, detail: string): void {
    if (this.#over) return;
    this.stop();
    this.#ports.report({ type: "passkey_ended", reason, detail });
  }
}

/** The server says nothing. */
class Silence extends Error {}

const element = (tag: string, content: Uint8Array): BinaryNode => ({ tag, attrs: {}, content });

/** The secret that a phone read from the QR, or that follows from the code. */
const secretOf = ({ authState }: CeremonyPorts["sock"]): Buffer => Buffer.from(authState.creds.advSecretKey, "base64");

/** Bytes or text, as either may come. */
function contentOf(node: BinaryNode | undefined): Buffer | null {
  const content = node?.content;
  if (content instanceof Uint8Array) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return typeof content === "string" ? Buffer.from(content) : null;
}

const optionsIn = (node: BinaryNode): string | null =>
  contentOf(getBinaryNodeChild(node, "passkey_request_options"))?.toString("utf8") ?? null;
