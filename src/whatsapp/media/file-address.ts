import { Failure } from "../../core/base/failure.ts";
import type { Remote } from "../codec/remote.ts";

const usualHost = "mmg.whatsapp.net";

/**
 * Where a message's file is. The host in a message is its sender's word: only WhatsApp's own are asked, by https at its own
 * port. `besides`: the host that stands for WhatsApp, with ports of its own; null for none. Throws `refused`.
 */
export function addressOf({ url, directPath }: Pick<Remote, "url" | "directPath">, besides: string | null): string {
  const given = URL.parse(url);
  const theirs = given && isTheirs(given, besides) ? given : null;
  if (directPath.startsWith("/")) return `https://${theirs?.host ?? usualHost}${directPath}`;
  if (theirs) return theirs.href;
  throw new Failure("refused", "The message does not say where its file is.");
}

function isTheirs({ protocol, hostname, port }: URL, besides: string | null): boolean {
  if (protocol !== "https:") return false;
  return hostname === besides || (port === "" && (hostname === usualHost || hostname.endsWith(".whatsapp.net")));
}
