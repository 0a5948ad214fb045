/** What happens around the bot, as the sandbox's page hears it: its process begins and ends, its webhooks arrive. */
export class Happenings {
  readonly #listeners = new Set<(text: string) => void>();

  tell(happening: { type: string } & Record<string, unknown>): void {
    const text = `data: ${JSON.stringify(happening)}\n\n`;
    for (const hear of this.#listeners) hear(text);
  }

  /** Server-sent events: how it stands, then what happens. */
  stream(now: object, gone: AbortSignal): Response {
    let stop = () => {};
    const body = new ReadableStream<string>({
      start: (controller) => {
        const hear = (text: string) => controller.enqueue(text);
        this.#listeners.add(hear);
        stop = () => void this.#listeners.delete(hear);
        gone.addEventListener("abort", stop, { once: true });
        hear(`data: ${JSON.stringify(now)}\n\n`);
      },
      cancel: () => stop(),
    });
    return new Response(body.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }
}
