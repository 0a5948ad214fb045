/** A server that speaks as much of S3 as backups need, on loopback. Objects of more than one part come in parts. */
export class BucketServer {
  readonly objects = new Map<string, Uint8Array>();
  /** A database that is fetched breaks off in the middle. */
  breaks = false;
  readonly #uploads = new Map<string, Map<number, Uint8Array>>();
  readonly #server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.#answer(request) });
  #ids = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  stop(): Promise<void> {
    return this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, bucket = "", ...rest] = decodeURIComponent(pathname).split("/");
    const key = rest.join("/");
    if (!request.headers.get("authorization")?.startsWith("AWS4-HMAC-SHA256"))
      return new Response(null, { status: 403 });
    if (bucket !== "bucket") return new Response(null, { status: 404 });
    if (searchParams.has("list-type")) return this.#list(searchParams);
    if (searchParams.has("uploads")) {
      const id = String(++this.#ids);
      this.#uploads.set(id, new Map());
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    const upload = this.#uploads.get(searchParams.get("uploadId") ?? "");
    if (upload && request.method === "PUT") {
      upload.set(Number(searchParams.get("partNumber")), await request.bytes());
      return new Response(null, { headers: { etag: '"part"' } });
    }
    if (upload && request.method === "POST") {
      const parts = [...upload].sort(([one], [other]) => one - other).map(([, part]) => part);
      this.objects.set(key, Buffer.concat(parts));
      return xml("<CompleteMultipartUploadResult><ETag>whole</ETag></CompleteMultipartUploadResult>");
    }
    return this.#object(request, key);
  }

  async #object(request: Request, key: string): Promise<Response> {
    if (request.method === "PUT") {
      this.objects.set(key, await request.bytes());
      return new Response(null, { headers: { etag: '"whole"' } });
    }
    if (request.method === "DELETE") {
      this.objects.delete(key);
      return new Response(null, { status: 204 });
    }
    const found = this.objects.get(key);
    if (found === undefined) return new Response(null, { status: 404 });
    if (this.breaks && request.method === "GET" && key.endsWith(".gz")) return broken(found);
    return new Response(request.method === "HEAD" ? null : Buffer.from(found), {
      headers: { "content-length": String(found.length) },
    });
  }

  #list(query: URLSearchParams): Response {
    const [prefix, after] = [query.get("prefix") ?? "", query.get("start-after") ?? ""];
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    // Small pages, so that whoever asks must turn them.
    const page = keys.slice(0, 3);
    const contents = page.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join("");
    return xml(
      `<ListBucketResult><IsTruncated>${keys.length > page.length}</IsTruncated>${contents}</ListBucketResult>`,
    );
  }
}

/** Half of it, and then the line is cut. */
function broken(bytes: Uint8Array): Response {
  const half = bytes.subarray(0, bytes.length / 2);
  return new Response(
    new ReadableStream({
      pull(into) {
        into.enqueue(half);
        into.error(new Error("the line is cut"));
      },
    }),
  );
}

const xml = (body: string) => new Response(body, { headers: { "content-type": "application/xml" } });
