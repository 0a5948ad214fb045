import type { Clock } from "../core/base/clock.ts";

/** Below the server's idle timeout and those of common proxies, milliseconds. */
const heartbeat = 25_000;
/** So many heartbeats find what went before unread, then the stream is ended: its client goes on from the last id it has. */
const patience = 4;

/** One message of a stream. */
export interface Frame {
  /** What a browser sends back as Last-Event-ID after the line broke; null leaves it as it was. */
  id: string | null;
  /** Its name; a browser calls a nameless one `message`. */
  event?: string;
  /** Left out, the frame tells nobody anything but where the stream stands: a browser keeps the `id` alone. */
  data?: unknown;
}

/** A Server-Sent Events answer, until the client is gone, or reads no more. */
export function serverSentEvents(
  follow: (gone: AbortSignal) => AsyncGenerator<Frame, void>,
  signal: AbortSignal,
  clock: Clock,
): Response {
  const gone = new AbortController();
  const frames = follow(gone.signal);
  let stopBeat = (): void => {};
  const end = (): void => {
    gone.abort();
    stopBeat();
    // It may stand where it handed over a frame that nobody asks behind.
    frames.return().catch(() => {});
  };
  signal.addEventListener("abort", end, { once: true });
  const body = new ReadableStream<string>({
    start(controller) {
      let unread = 0;
      const beat = (): void => {
        const isRead = (controller.desiredSize ?? 0) > 0;
        unread = isRead ? 0 : unread + 1;
        if (unread === patience) {
          end();
          return controller.error(new Error("an event stream that nobody reads"));
        }
        if (isRead) controller.enqueue(": still here\n\n");
        stopBeat = clock.after(heartbeat, beat);
      };
      beat();
    },
    async pull(controller) {
      const { done, value } = await frames.next();
      if (!done) controller.enqueue(written(value));
      else if (!gone.signal.aborted) controller.close();
    },
    cancel: end,
  });
  return new Response(body.pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
  });
}

function written({ id, event, data }: Frame): string {
  const head = `${id === null ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
  return `${head}${data === undefined ? "" : `data: ${JSON.stringify(data)}\n`}\n`;
}
