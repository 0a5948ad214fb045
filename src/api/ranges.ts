/** The bytes, or the part of them that the request asks for (RFC 9110 §14, one range). */
export function ranged(request: Request, bytes: Blob, headers: Record<string, string>): Response {
  const shared = { ...headers, "accept-ranges": "bytes" };
  if (headers["etag"] !== undefined && isKnown(request.headers.get("if-none-match"), headers["etag"]))
    return new Response(null, { status: 304, headers: shared });
  const wanted = rangeOf(request, headers["etag"], bytes.size);
  if (wanted === "all") return new Response(bytes, { headers: shared });
  if (wanted === "none")
    return new Response(null, { status: 416, headers: { ...shared, "content-range": `bytes */${bytes.size}` } });
  const [first, last] = wanted;
  return new Response(bytes.slice(first, last + 1), {
    status: 206,
    headers: { ...shared, "content-range": `bytes ${first}-${last}/${bytes.size}` },
  });
}

/** Whether `If-None-Match` names what is here; weakly, as RFC 9110 §13.1.2 compares. */
const isKnown = (asked: string | null, etag: string): boolean =>
  (asked ?? "").split(",").some((one) => ["*", etag].includes(one.trim().replace(/^W\//, "")));

/** First and last byte; "all" when nothing, something else or something outdated is asked for. */
function rangeOf(request: Request, etag: string | undefined, size: number): "all" | "none" | [number, number] {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
  const condition = request.headers.get("if-range");
  if ((from === "" && to === "") || (condition !== null && condition !== etag)) return "all";
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return first < size && first <= last ? [first, last] : "none";
}
