import type { Server } from "bun";
import type { Audited } from "./acts.ts";
import type { Budgets } from "../core/access/budgets.ts";
import type { App } from "../core/app.ts";
import { ownAddress } from "../api/own-address.ts";
import type { PasskeyLinks } from "../core/device/passkey-link.ts";
import type { QrLinks } from "../core/device/qr-link.ts";
import type { Cors } from "./cors.ts";
import { embeddedQr } from "./embedded-qr.ts";
import { passkeyPage } from "./passkey-page.ts";
import { type Pages, PageServer } from "./pages.ts";
import type { DashboardSessions } from "./sessions.ts";
import { SignIn } from "./signin.ts";

export interface SiteOptions {
  app: App;
  budgets: Budgets;
  audit: Audited;
  links: QrLinks;
  passkeyLinks: PasskeyLinks;
  sessions: DashboardSessions;
  addressOf: (request: Request, server: Server<unknown>) => string;
  cors: Cors;
  auth: "on" | "off";
  version: string;
  pages: () => Promise<Pages>;
  /** `/bot` when all of it is reached below a path. */
  basePath: string;
  /** Where others reach this server, when the operator says so. */
  publicUrl: string | null;
  /** Puts out whose session has ended. */
  recheck: () => void;
  /** Answers what is not of the site. */
  api: (request: Request, address: string) => Promise<Response>;
}

type Handler = (request: Request, server: Server<unknown>) => Promise<Response>;

const absent = () => new Response("There is no such page.", { status: 404 });

/** The pages and what only they ask for. */
export function site(options: SiteOptions): Record<string, Handler> {
  const { app, links, passkeyLinks, audit, api, addressOf } = options;
  const pages = new PageServer(options.pages, { base: options.basePath });
  const signIn = new SignIn(options);
  const page: Handler = async (request) => (await pages.answer(request, new URL(request.url).pathname)) ?? absent();
  return {
    "/": page,
    "/assets/*": page,
    "/session": (request, server) => signIn.handle(request, addressOf(request, server)),
    "/passkey": (request) =>
      passkeyPage(request, { app, links: passkeyLinks, pages, audit, own: ownAddress(request, options) }),
    "/connection/qr": (request, server) => {
      const link = new URL(request.url).searchParams.get("link");
      return link === null || request.method !== "GET"
        ? api(request, addressOf(request, server))
        : embeddedQr(request, link, { app, links, passkeyLinks, pages });
    },
  };
}
