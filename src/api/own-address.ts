import type { Tools } from "./face.ts";

/** Where this server is for whoever asks, without a slash at the end: the operator's word, else as it was asked. */
export function ownAddress(request: Request, { publicUrl, basePath }: Pick<Tools, "publicUrl" | "basePath">): string {
  if (publicUrl) return publicUrl.replace(/\/+$/, "");
  const url = new URL(request.url);
  // Behind a proxy that ends TLS.
  if (request.headers.get("x-forwarded-proto") === "https") url.protocol = "https:";
  return `${url.origin}${basePath}`;
}
