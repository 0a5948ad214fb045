import type { Clock } from "../../core/clock.ts";
import type { StreamedEvent } from "../../core/event-log.ts";

/** Below the server's idle timeout and those of common proxies, milliseconds. */
const heartbeat = 25_000;

/** Events as a Server-Sent Events answer. `id` is the cursor, so a browser's Last-Event-ID continues where it broke. */
export function serverSentEvents(
  follow: (gone: AbortSignal) => AsyncGenerator<StreamedEvent, void>,
  signal: AbortSignal,
  clock: Clock,
): Response {
  const gone = new AbortController();
  signal.addEventListener("abort", () => gone.abort(), { once: true });
  const events = follow(gone.signal);
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
      const { done, value } = await events.next();
      if (!done) controller.enqueue(frame(value));
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

function frame({ cursor, event }: StreamedEvent): string {
  const id = cursor === null ? "" : `id: ${cursor}\n`;
  return `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
