import { plainly } from "../api/failures.ts";
import { fileAnswer } from "../api/v1/media.ts";
import type { App } from "../core/app.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import type { MediaLinks } from "../core/media/media-link.ts";

interface Parts {
  app: Pick<App, "as" | "isKeyUsable">;
  mediaLinks: MediaLinks;
}

/** `/media/<token>`: one file, for those who were given a link and have no key. */
export async function linkedFile(request: Request, { app, mediaLinks }: Parts): Promise<Response> {
  try {
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new Failure("not_found", "A link to a file is read with GET.");
    const { tenant, media, key } = mediaLinks.read(new URL(request.url).pathname.slice("/media/".length));
    if (!app.isKeyUsable(key))
      throw new Failure("unauthorized", "The key that made this link is no longer valid: ask for a new link.");
    const response = await fileAnswer(
      request,
      await app.as({ tenant, key, scopes: ["read"], devices: null }).file(media),
    );
    response.headers.set("cache-control", "private, max-age=300");
    response.headers.set("x-content-type-options", "nosniff");
    return response;
  } catch (error) {
    const { status, body } = plainly(asFailure(error));
    return Response.json(body, { status, headers: { "cache-control": "no-store" } });
  }
}
