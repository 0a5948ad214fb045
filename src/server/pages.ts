import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

/** A file of a page, ready to be sent. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** By path: documents, and `/assets/…`, whose names change with their contents. */
export type Pages = Readonly<Record<string, PageFile>>;

const policy = (ancestors: string, frames = "'none'") =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-src ${frames}`,
    `frame-ancestors ${ancestors}`,
  ].join("; ");

const forever = { "cache-control": "public, max-age=31536000, immutable" };

const document = {
  "content-security-policy": policy("'none'"),
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-cache",
};
/** The sandbox's page shows the dashboard beside the phone. */
const framed = {
  ...document,
  "content-security-policy": policy("'self'", "'self'"),
  "x-frame-options": "SAMEORIGIN",
};

const embeddable = { "content-security-policy": policy("*"), "cache-control": "no-store" };

/** What is sent with every file. */
const always = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
  vary: "accept-encoding",
};

interface Packed {
  readonly type: string;
  readonly etag: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** A sixth smaller, but slow to make: made when a browser asks for it, which it does over TLS and on this machine only. */
  brotli: Promise<Uint8Array<ArrayBuffer>> | null;
}

const brotli = promisify(brotliCompress);

/** Serves the embedded pages: compressed, revalidated by content, kept for ever where the name says the content. */
export class PageServer {
  #packed: Promise<Map<string, Packed>> | null = null;

  readonly #load: () => Promise<Pages>;
  readonly #frames: boolean;

  /**
   * `load` is called when the first browser asks. With `frames` its pages may stand in one another's; `base` is the path
   * that all is reached below.
   */
  constructor(load: () => Promise<Pages>, { frames = false, base = "" }: { frames?: boolean; base?: string } = {}) {
    this.#load = async () => (base === "" ? await load() : below(base, await load()));
    this.#frames = frames;
  }

  /** Null when there is no such file. */
  async answer(request: Request, path: string): Promise<Response | null> {
    this.#packed ??= this.#load().then(pack);
    const file = (await this.#packed).get(path);
    if (!file) return null;
    const own = this.#frames ? framed : document;
    const caching = path.startsWith("/assets/") ? forever : path === "/connection/qr" ? embeddable : own;
    const headers = { ...always, ...caching, etag: file.etag, "content-type": file.type };
    if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
    const accepted = request.headers.get("accept-encoding") ?? "";
    if (/\bbr\b/.test(accepted)) {
      file.brotli ??= brotli(file.plain);
      return new Response(await file.brotli, { headers: { ...headers, "content-encoding": "br" } });
    }
    if (!/\bgzip\b/.test(accepted)) return new Response(file.plain, { headers });
    return new Response(file.gzip, { headers: { ...headers, "content-encoding": "gzip" } });
  }
}

/** The same pages, whose paths begin with `base`; scripts read it from their document. */
function below(base: string, pages: Pages): Pages {
  const moved = Object.entries(pages).map(([path, { type, text }]): [string, PageFile] => {
    const assets = text.replaceAll(/(["'`])\/assets\//g, `$1${base}/assets/`);
    return [path, { type, text: assets.replace("<html ", `<html data-base="${base}" `) }];
  });
  return Object.fromEntries(moved);
}

function pack(pages: Pages): Map<string, Packed> {
  const packed = Object.entries(pages).map(([path, { type, text }]): [string, Packed] => {
    const plain = new TextEncoder().encode(text);
    const gzip = Bun.gzipSync(plain, { level: 9 });
    return [path, { type, etag: `"${Bun.hash(plain).toString(36)}"`, plain, gzip, brotli: null }];
  });
  return new Map(packed);
}
