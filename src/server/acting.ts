import { Failure } from "../core/base/failure.ts";

/**
 * The tenant that an admin's call is meant for: the header `x-tenant`, or `?tenant=` of a GET, since an image, a download
 * and an EventSource can set no header. `rest` is the request as its route knows it, without that parameter. Throws
 * `invalid` when the two name different tenants.
 */
export function actingIn(request: Request): { tenant: string | null; rest: Request } {
  const header = request.headers.get("x-tenant");
  if (request.method !== "GET" && request.method !== "HEAD") return { tenant: header, rest: request };
  const url = new URL(request.url);
  const asked = url.searchParams.get("tenant");
  if (asked === null) return { tenant: header, rest: request };
  if (header !== null && header !== asked)
    throw new Failure("invalid", '"tenant" and the header x-tenant name different tenants: leave one out.', {
      field: "tenant",
    });
  url.searchParams.delete("tenant");
  return { tenant: asked, rest: new Request(url, request) };
}
