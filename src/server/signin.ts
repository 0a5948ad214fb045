import { onlyOne, apiKeyOf } from "../api/credentials.ts";
import { plainly } from "../api/failures.ts";
import type { App } from "../core/app.ts";
import type { Principal } from "../core/model/principal.ts";
import { Failure, asFailure } from "../core/base/failure.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import { scopes } from "../core/model/scopes.ts";
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
}

/** `/session`: how the dashboard's pages sign in with a key, and out again. */
export class SignIn {
  constructor(private readonly options: SignInOptions) {}

  async handle(request: Request, address: string): Promise<Response> {
    const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
    try {
      // A page elsewhere must not sign anybody in either: it would be its own key that the user then works with.
      this.options.cors.admit(request, this.options.auth);
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
    const { app, audit, budgets, sessions, auth } = this.options;
    const url = new URL(request.url);
    const forwarded = request.headers.get("x-forwarded-proto");
    switch (request.method) {
      case "GET": {
        const key = onlyOne([apiKeyOf(request.headers), sessions.keyOf("GET", request.headers, url)]);
        // Nobody is no mistake: the page asks in order to know.
        if (key === null && auth === "on") return { body: { success: true, data: null }, cookie: null };
        return { body: this.#who(app.authenticate(key, address)), cookie: null };
      }
      case "POST": {
        const key = await keyIn(request);
        const principal = app.authenticate(key, address);
        budgets.pace(spenderOf(principal), "sign_ins_per_minute");
        await audit(principal, "session.open", spenderOf(principal).tenant, null);
        return { body: this.#who(principal), cookie: sessions.open(key, url, forwarded) };
      }
      case "DELETE":
        return { body: { success: true, message: "Signed out" }, cookie: sessions.close(request.headers, url) };
      default:
        throw new Failure("not_found", `There is no ${request.method} /session.`);
    }
  }

  #who(principal: Principal): object {
    const { auth, version } = this.options;
    const admin = principal.kind === "admin";
    return {
      success: true,
      data: {
        admin,
        tenant: admin ? homeTenant : principal.tenant,
        scopes: admin ? scopes : principal.scopes,
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
