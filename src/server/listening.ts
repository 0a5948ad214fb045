import { Failure } from "../core/failure.ts";

/** What `serve` returns. Throws `unavailable`, with what to do, when somebody has the port. */
export function listening<T>(port: number, serve: () => T, fix = "set PORT to another, or to 0 for a free one"): T {
  try {
    return serve();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    const sentence = `Port ${port} is in use: ${fix}.`;
    throw new Failure("unavailable", sentence, { cause: error });
  }
}

/** How this machine reaches what listens there: `http://127.0.0.1:3000`. */
export function urlAt(host: string, port: number | undefined): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}
