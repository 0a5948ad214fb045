import { apiKeyOf } from "../api/credentials.ts";
import { plainly } from "../api/failures.ts";
import type { App } from "../core/app.ts";
import type { Principal } from "../core/model/principal.ts";
import { Failure, asFailure } from "../core/base/failure.ts";
import { allows } from "../core/access/scope.ts";
import type { Audited } from "./acts.ts";
import type { Budgets } from "../core/access/budgets.ts";
import { spenderOf } from "./spending.ts";
import type { Cors } from "./cors.ts";
import type { DashboardSessions } from "./sessions.ts";

export interface SignInOptions {
  app: Pick<App, "authenticate">;
  budgets: Budgets;
  audit: Audited;
  sessions: DashboardSessions;
  cors: Cors;
  auth: "on" | "off";
  version: string;
  /** Puts out whose session has ended. */
  recheck: () => void;
}

/** `/session`: how the dashboard's pages sign in with a key, and out again. */
export class SignIn {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  async handle(request: Request, address: string): Promise<Response> {
    const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
    try {
      // A page elsewhere must not sign anybody in either: it would be its own key that the user then works with.
      this.#options.cors.admit(request, this.#options.auth);
      const { body, cookie } = await this.#answer(request, address);
      return Response.json(body, { headers: cookie === null ? headers : { ...headers, "set-cookie": cookie } });
    } catch (error) {
      const failure = asFailure(error);
      const { status, body } = plainly(failure);
      const retry = failure.retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(failure.retryAfter)) };
      return Response.json(body, { status, headers: { ...headers, ...retry } });
    }
  }

  async #answer(request: Request, address: string): Promise<{ body: object; cookie: string | null }> {
    const { app, audit, budgets, sessions, auth } = this.#options;
    const url = new URL(request.url);
    const forwarded = request.headers.get("x-forwarded-proto");
    switch (request.method) {
      case "GET": {
        const key = sessions.credential(apiKeyOf(request.headers), request);
        // Nobody is no mistake: the page asks in order to know.
        if (key === null && auth === "on") return { body: { success: true, data: null }, cookie: null };
        return { body: this.#who(app.authenticate(key, address)), cookie: null };
      }
      case "POST": {
        const key = await keyIn(request);
        const principal = app.authenticate(key, address);
        budgets.pace(spenderOf(principal), "sign_ins_per_minute");
        await audit(principal, "session.open", spenderOf(principal).tenant, null);
        return { body: this.#who(principal), cookie: await sessions.open(key, principal.key, url, forwarded) };
      }
      case "DELETE":
        return this.#out(request, address, url);
      default:
        throw new Failure("not_found", `There is no ${request.method} /session.`);
    }
  }

  /** Ends the session of this browser; with `?everywhere=true` every one of the same key. */
  async #out(request: Request, address: string, url: URL): Promise<{ body: object; cookie: string }> {
    const { app, audit, sessions } = this.#options;
    const everywhere = url.searchParams.get("everywhere");
    if (everywhere !== null && everywhere !== "true" && everywhere !== "false")
      throw new Failure("invalid", '"everywhere" takes true or false.', { field: "everywhere" });
    if (everywhere === "true") {
      const principal = app.authenticate(sessions.credential(apiKeyOf(request.headers), request), address);
      await sessions.closeAll(principal.key);
      await audit(principal, "session.close_all", principal.tenant, null);
      this.#options.recheck();
    }
    const cookie = await sessions.close(request.headers, url);
    return { body: { success: true, message: everywhere === "true" ? "Signed out everywhere" : "Signed out" }, cookie };
  }

  #who(principal: Principal): object {
    const { auth, version } = this.#options;
    return {
      success: true,
      data: {
        admin: allows(principal, "admin"),
        tenant: principal.tenant,
        scopes: principal.scopes.filter((scope) => scope !== "admin"),
        devices: principal.devices,
        auth,
        version,
      },
    };
  }
}

/** Longer than any key. */
const longest = 4_096;

async function keyIn(request: Request): Promise<string> {
  const wanted = new Failure("invalid", 'Send { "key": "…" }: "key" takes your API key.', { field: "key" });
  if (Number(request.headers.get("content-length") ?? Infinity) > longest) throw wanted;
  const body: unknown = await request.json().catch(() => null);
  const key: unknown = typeof body === "object" && body !== null && "key" in body ? body.key : null;
  if (typeof key !== "string" || key.trim() === "") throw wanted;
  return key.trim();
}
