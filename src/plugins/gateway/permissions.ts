import { Failure } from "../../core/base/failure.ts";
import { sameRecipient } from "../../core/model/recipient.ts";

/** What a plugin may do beyond replying, asked on every call. */
export class Permissions {
  constructor(
    readonly plugin: string,
    readonly granted: readonly string[],
  ) {}

  need(permission: "store" | "http" | "outgoing" | "media" | "groups" | "admin"): void {
    if (!this.granted.includes(permission)) throw this.#denied(permission, permission);
  }

  /** `answering`: the chat whose message is being handled, which needs no permission. */
  needSend(to: string, answering: string | null): void {
    if (this.granted.includes("send")) return;
    const chat = sameRecipient(to);
    if (chat === answering) return;
    const named = this.granted.some(
      (granted) => granted.startsWith("send:") && sameRecipient(granted.slice(5)) === chat,
    );
    if (!named) throw this.#denied("send", "send to other chats");
  }

  needHost(url: URL): void {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new Failure("invalid", `fetch takes http and https addresses, not ${url.protocol}`, { field: "url" });
    const allowed = this.granted.some((granted) => granted.startsWith("net:") && hostMatches(granted.slice(4), url));
    if (!allowed) throw this.#denied(`net:${url.host}`, `reach ${url.host}`);
  }

  #denied(permission: string, deed: string): Failure {
    return new Failure("forbidden", `${this.plugin} may not ${deed}: add "${permission}" to its permissions.`);
  }
}

function hostMatches(pattern: string, url: URL): boolean {
  const wanted = pattern.toLowerCase();
  if (wanted === "*") return true;
  if (wanted.startsWith("*.")) return url.hostname.endsWith(wanted.slice(1));
  return wanted === url.host || wanted === url.hostname;
}
