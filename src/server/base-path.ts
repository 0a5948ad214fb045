type Handler<R extends Request> = (request: R, server: Bun.Server<unknown>) => Response | Promise<Response>;

/** Where the bot is reached below, `/bot`; empty at the root of its host. */
export class BasePath {
  constructor(readonly path: string) {}

  /**
   * The request as it would be at the root, the same object, so that it can still be upgraded and knows its sender. A
   * proxy may have taken the path away already. Who puts our address before a path that begins with it says it twice.
   */
  inside<R extends Request>(request: R): R {
    if (this.path === "") return request;
    const { url } = request;
    const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
    if (start < 0) return request;
    const rest = this.#without(this.#without(url.slice(start)));
    return Object.defineProperty(request, "url", { value: url.slice(0, start) + rest, configurable: true });
  }

  /** The same routes here and below the path, whose root leads to its page. */
  routes<R extends Request>(routes: Readonly<Record<string, Handler<R>>>): Record<string, Handler<R>> {
    if (this.path === "") return { ...routes };
    const { path } = this;
    const inside = (handler: Handler<R>): Handler<R> => {
      return (request, server) => handler(this.inside(request), server);
    };
    const entries = Object.entries(routes).map(([route, handler]) => [route, inside(handler)] as const);
    return {
      ...Object.fromEntries(entries),
      ...Object.fromEntries(entries.map(([route, handler]) => [`${path}${route}`, handler])),
      [path]: () => new Response(null, { status: 308, headers: { location: `${path}/` } }),
    };
  }

  #without(target: string): string {
    const { path } = this;
    if (!target.startsWith(path)) return target;
    const rest = target.slice(path.length);
    return rest.startsWith("/") ? rest : rest === "" || rest.startsWith("?") ? `/${rest}` : target;
  }
}
