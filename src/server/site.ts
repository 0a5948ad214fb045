import type { Server } from "bun";
import { plainly } from "../api/failures.ts";
import type { App } from "../core/app.ts";
import { asFailure } from "../core/failure.ts";
import type { QrLinks } from "../core/qr-link.ts";
import type { Cors } from "./cors.ts";
import { embeddedQr } from "./embedded-qr.ts";
import { type Pages, PageServer } from "./pages.ts";
import type { Sessions } from "./sessions.ts";
import { SignIn } from "./signin.ts";

/** The sandbox's own: who opens its pages works with `key`, and `control` drives the simulated WhatsApp. */
export interface Sandbox {
  readonly key: string;
  /** Answers what is asked of the simulator at `path`. */
  readonly control: (request: Request, path: string) => Promise<Response>;
}

export interface SiteOptions {
  app: App;
  links: QrLinks;
  sessions: Sessions;
  cors: Cors;
  auth: "on" | "off";
  version: string;
  pages: () => Promise<Pages>;
  sandbox: Sandbox | null;
  /** Answers what is not of the site. */
  api: (request: Request, address: string) => Promise<Response>;
}

type Handler = (request: Request, server: Server<unknown>) => Promise<Response>;

const addressOf = (request: Request, server: Server<unknown>) => server.requestIP(request)?.address ?? "unknown";
const absent = () => new Response("There is no such page.", { status: 404 });

/** The pages and what only they ask for. */
export function site(options: SiteOptions): Record<string, Handler> {
  const { sandbox, app, links, api, cors } = options;
  const pages = new PageServer(options.pages);
  // In the sandbox everybody who gets here is let in, so it must be this machine.
  const auth = sandbox ? "off" : options.auth;
  const signIn = new SignIn({ ...options, auth: options.auth, guard: auth, guestKey: sandbox?.key ?? null });
  const page: Handler = async (request) => (await pages.answer(request, new URL(request.url).pathname)) ?? absent();
  const routes: Record<string, Handler> = {
    "/": page,
    "/assets/*": page,
    "/session": (request, server) => signIn.handle(request, addressOf(request, server)),
    "/connection/qr": (request, server) => {
      const link = new URL(request.url).searchParams.get("link");
      return link === null || request.method !== "GET"
        ? api(request, addressOf(request, server))
        : embeddedQr(request, link, { app, links, pages });
    },
  };
  if (!sandbox) return routes;
  return {
    ...routes,
    "/sandbox": page,
    "/sandbox/api/*": async (request) => {
      try {
        cors.admit(request, auth);
        return await sandbox.control(request, new URL(request.url).pathname.slice("/sandbox/api".length));
      } catch (error) {
        const { status, body } = plainly(asFailure(error));
        return Response.json(body, { status });
      }
    },
  };
}
