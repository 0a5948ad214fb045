import { plainly } from "../api/failures.ts";
import { fileAnswer } from "../api/v1/media.ts";
import type { App, Workspace } from "../core/app.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import type { MediaLinks } from "../core/media/media-link.ts";
import { unwanted, type WebhookFiles } from "../core/webhooks/webhook-files.ts";

interface Parts {
  app: Pick<App, "as" | "isKeyUsable">;
  mediaLinks: MediaLinks;
  /** Absent where there are no webhooks. */
  webhookFiles?: WebhookFiles | undefined;
}

/** `/media/<token>`: one file, for those who were given a link and have no key. */
export async function linkedFile(request: Request, parts: Parts): Promise<Response> {
  try {
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new Failure("not_found", "A link to a file is read with GET.");
    const { workspace, media } = linkedIn(new URL(request.url).pathname.slice("/media/".length), parts);
    const response = await fileAnswer(request, await workspace.file(media));
    response.headers.set("cache-control", "private, max-age=300");
    response.headers.set("x-content-type-options", "nosniff");
    return response;
  } catch (error) {
    const { status, body } = plainly(asFailure(error));
    return Response.json(body, { status, headers: { "cache-control": "no-store" } });
  }
}

/** The file that a token names, and who may see it. Throws `unauthorized`, `gone`. */
function linkedIn(token: string, { app, mediaLinks, webhookFiles }: Parts): { workspace: Workspace; media: string } {
  const reader = (tenant: string, key: string) => app.as({ tenant, key, scopes: ["read"], devices: null });
  // A third part names the webhook whose secret signed it.
  if (token.split(".").length === 3 && webhookFiles !== undefined) {
    const { tenant, media, webhook } = webhookFiles.read(token);
    return { workspace: reader(tenant, `webhook ${webhook}`), media };
  }
  const { tenant, media, key, isGiven } = mediaLinks.read(token);
  if (!app.isKeyUsable(key))
    throw new Failure("unauthorized", "The key that made this link is no longer valid: ask for a new link.");
  const workspace = reader(tenant, key);
  if (isGiven && !workspace.hasLinks) throw unwanted();
  return { workspace, media };
}
