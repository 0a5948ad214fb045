import type { Clock } from "../core/base/clock.ts";

/** Below the server's idle timeout and those of common proxies, milliseconds. */
const heartbeat = 25_000;

/** One message of a stream. */
export interface Frame {
  /** What a browser sends back as Last-Event-ID after the line broke; null leaves it as it was. */
  id: string | null;
  /** Its name; a browser calls a nameless one `message`. */
  event?: string;
  data: unknown;
}

/** A Server-Sent Events answer, until the client is gone. */
export function serverSentEvents(
  follow: (gone: AbortSignal) => AsyncGenerator<Frame, void>,
  signal: AbortSignal,
  clock: Clock,
): Response {
  const gone = new AbortController();
  signal.addEventListener("abort", () => gone.abort(), { once: true });
  const frames = follow(gone.signal);
  let stopBeat: (() => void) | null = null;
  const body = new ReadableStream<string>({
    start(controller) {
      const beat = (): void => {
        if (gone.signal.aborted) return;
        controller.enqueue(": still here\n\n");
        stopBeat = clock.after(heartbeat, beat);
      };
      beat();
    },
    async pull(controller) {
      const { done, value } = await frames.next();
      if (!done) controller.enqueue(written(value));
      else if (!gone.signal.aborted) controller.close();
    },
    cancel() {
      gone.abort();
      stopBeat?.();
    },
  });
  gone.signal.addEventListener("abort", () => stopBeat?.(), { once: true });
  return new Response(body.pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
  });
}

function written({ id, event, data }: Frame): string {
  const head = `${id === null ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}
