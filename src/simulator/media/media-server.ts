import { sha256 } from "../crypto/cipher.ts";
import type { FileKind } from "./file.ts";
import type { Network } from "../network/network.ts";

const UPLOAD = /^\/(?:mms\/[a-z-]+|newsletter\/newsletter-[a-z]+)\/([^/]+)$/;

declare module "../network/network.ts" {
  interface Network {
    media: MediaServer;
  }
}

/** Where clients put and fetch encrypted files over https. It starts when it is first needed. */
export class MediaServer {
  readonly #network: Network;
  readonly #files = new Map<string, Buffer>();
  readonly #expired = new Map<string, Buffer>();
  readonly #tokens = new Set<string>();
  readonly #failures: { readonly status: number; readonly kind: FileKind | undefined }[] = [];
  readonly #kinds = new Map<string, FileKind>();
  readonly #handles = new Set<string>();
  #server: ReturnType<typeof Bun.serve> | undefined;
  #count = 0;

  constructor(network: Network) {
    this.#network = network;
  }

  /** `127.0.0.1:PORT`; reaching for it starts the server. */
  get host(): string {
    this.#server ??= this.#start();
    return `127.0.0.1:${this.#server.port}`;
  }

  /** A token for uploads, as `media_conn` hands them out. */
  newToken(): string {
    const token = this.#network.random.bytes(24).toString("base64url");
    this.#tokens.add(token);
    return token;
  }

  /** Stores a file; returns where it is to be fetched. */
  store(bytes: Buffer, kind?: FileKind): { url: string; directPath: string } {
    const path = `/v/t62.7118-24/${++this.#count}_${sha256(bytes).toString("hex").slice(0, 16)}.enc`;
    const signature = sha256(Buffer.from(path)).toString("hex").slice(0, 16).toUpperCase();
    // Real ones carry a signature and its expiry (hexadecimal seconds); clients add parameters of their own to them.
    const expires = (Math.floor(Date.now() / 1000) + 30 * 86_400).toString(16).toUpperCase();
    const directPath = `${path}?ccb=11-4&oh=${signature}&oe=${expires}&_nc_sid=5e03e0`;
    this.#files.set(path, bytes);
    if (kind) this.#kinds.set(path, kind);
    return { url: `https://${this.host}${directPath}`, directPath };
  }

  /** The file at a path, or undefined when it was never there or has expired. */
  file(directPath: string): Buffer | undefined {
    return this.#files.get(pathOf(directPath));
  }

  /** Whether a file was put here for a channel under this handle. */
  isHandle(handle: string | undefined): boolean {
    return handle !== undefined && this.#handles.has(handle);
  }

  get size(): number {
    return this.#files.size;
  }

  /** Deletes a file, as the real server does after some weeks; fetching it is then 410. */
  expire(directPath: string): void {
    const path = pathOf(directPath);
    const bytes = this.#files.get(path);
    if (bytes) this.#expired.set(path, bytes);
    this.#files.delete(path);
  }

  /** Deletes every file. */
  expireAll(): void {
    for (const path of this.#files.keys()) this.expire(path);
  }

  /** Puts an expired file back, at a new path, as a phone does that still has it. Undefined when nobody has it. */
  restore(directPath: string): string | undefined {
    const bytes = this.#expired.get(pathOf(directPath)) ?? this.file(directPath);
    return bytes && this.store(bytes).directPath;
  }

  /** Answers the next requests with an HTTP status; those for files of one kind, or all. */
  fail(status: number, times = 1, kind?: FileKind): void {
    for (let at = 0; at < times; at++) this.#failures.push({ status, kind });
  }

  #nextFailure(path: string): number | undefined {
    const at = this.#failures.findIndex(({ kind }) => kind === undefined || kind === this.#kinds.get(path));
    return at < 0 ? undefined : this.#failures.splice(at, 1)[0]?.status;
  }

  async stop(): Promise<void> {
    await this.#server?.stop(true);
  }

  #start() {
    const tls = this.#network.tls.serve({ dns: ["localhost", "*.whatsapp.net"], ip: ["127.0.0.1"] });
    return Bun.serve({ hostname: "127.0.0.1", port: 0, tls, fetch: (request) => this.#answer(request) });
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const failure = this.#nextFailure(url.pathname);
    if (failure !== undefined) return new Response("failed on demand\n", { status: failure });
    if (request.method === "GET") return this.#download(url.pathname, request.headers.get("range"));
    const [, name] = UPLOAD.exec(url.pathname) ?? [];
    if (request.method === "DELETE" && name !== undefined) return this.#delete(url, name);
    if (request.method !== "POST" || name === undefined) return new Response("not here\n", { status: 404 });
    return this.#upload(url, name, Buffer.from(await request.arrayBuffer()));
  }

  // The name of an upload is the base64url hash of its bytes; a server that took others would store anything.
  #upload(url: URL, name: string, bytes: Buffer): Response {
    if (!this.#tokens.has(url.searchParams.get("auth") ?? "")) return new Response("no token\n", { status: 401 });
    const expected = Buffer.from(decodeURIComponent(name), "base64url");
    if (!sha256(bytes).equals(expected)) {
      this.#network.problems.add(`an upload of ${bytes.length} bytes is not what its name says`);
      return new Response("wrong hash\n", { status: 400 });
    }
    const { url: where, directPath } = this.store(bytes);
    if (!url.pathname.startsWith("/newsletter/")) return Response.json({ url: where, direct_path: directPath });
    const handle = this.#network.random.hex(12);
    this.#handles.add(handle);
    return Response.json({ url: where, direct_path: directPath, handle });
  }

  // A companion throws its history away once it has read it (whatsmeow upload.go:261, 2026-08); the name is the hash.
  #delete(url: URL, name: string): Response {
    if (!this.#tokens.has(url.searchParams.get("auth") ?? "")) return new Response("no token\n", { status: 401 });
    const path = Buffer.from(url.searchParams.get("d_md") ?? "", "base64url").toString();
    const bytes = this.#files.get(path);
    if (!bytes || !sha256(bytes).equals(Buffer.from(decodeURIComponent(name), "base64url")))
      return new Response("not here\n", { status: 404 });
    this.#files.delete(path);
    return new Response("", { status: 200 });
  }

  #download(path: string, range: string | null): Response {
    const bytes = this.#files.get(path);
    if (!bytes) return new Response("gone\n", { status: 410 });
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
    if (from === undefined) return new Response(new Uint8Array(bytes));
    const part = bytes.subarray(Number(from), to ? Number(to) + 1 : undefined);
    return new Response(new Uint8Array(part), { status: 206 });
  }
}

/** A direct path without its parameters, which say nothing of which file it is. */
const pathOf = (directPath: string): string => directPath.split("?", 1)[0] ?? directPath;
