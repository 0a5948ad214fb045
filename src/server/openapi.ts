import { type AnyElysia, Elysia } from "elysia";
import type { Json } from "../api/openapi/components.ts";
import css from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import script from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };

const specPath = "/docs/json";

/** The description as JSON, made when somebody first asks for it. It is ours: the plugin only serves it. */
export const openapi = (documentation: () => Json): AnyElysia => {
  let served: Promise<AnyElysia> | undefined;
  const made = async (): Promise<AnyElysia> => {
    const { swagger } = await import("@elysiajs/swagger");
    return new Elysia().use(swagger({ path: "/docs/page", specPath, exclude: [/./], documentation: documentation() }));
  };
  return new Elysia({ name: "openapi" }).get(specPath, async ({ request }) =>
    (await (served ??= made())).handle(request),
  );
};

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Merpati API</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="docs"></div><script src="docs/swagger-ui.js"></script>
<script src="docs/start.js"></script></body>
</html>`;
const start = `SwaggerUIBundle({ url: "docs/json", dom_id: "#docs", deepLinking: true, persistAuthorization: true, validatorUrl: null });`;

const html = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
};
const javascript = { "content-type": "text/javascript; charset=utf-8" };
const kept = { "cache-control": "public, max-age=86400" };

/**
 * The page that shows it, with everything it needs: it asks no other machine. Its addresses go out from where it stands, which
 * may be below a path.
 */
export const docsRoutes = {
  "/docs": () => new Response(page, { headers: html }),
  "/docs/start.js": () => new Response(start, { headers: javascript }),
  "/docs/swagger-ui.js": () => new Response(Bun.file(script), { headers: { ...javascript, ...kept } }),
  "/docs/swagger-ui.css": () =>
    new Response(Bun.file(css), { headers: { "content-type": "text/css; charset=utf-8", ...kept } }),
};
