type Happening = { type: string } & Record<string, unknown>;

/** How many are kept for a page that is opened later. */
const most = 200;

/**
 * What happens on the simulated network and around the bot, as the sandbox's page hears it: its process begins and ends,
 * its webhooks arrive.
 */
export class SandboxEvents {
  readonly #past: string[] = [];
  readonly #listeners = new Set<(text: string) => void>();

  tell(happening: Happening): void {
    const told = { ...happening, at: Date.now() };
    this.#past.push(framed({ ...told, past: true }));
    this.#past.splice(0, this.#past.length - most);
    for (const hear of this.#listeners) hear(framed(told));
  }

  /** Server-sent events: what happened lately, marked as `past`; how it stands; what happens from now on. */
  stream(now: object, gone: AbortSignal): Response {
    let stop = () => {};
    const body = new ReadableStream<string>({
      start: (controller) => {
        const hear = (text: string) => controller.enqueue(text);
        this.#listeners.add(hear);
        stop = () => void this.#listeners.delete(hear);
        gone.addEventListener("abort", stop, { once: true });
        hear(this.#past.join("") + framed(now));
      },
      cancel: () => stop(),
    });
    return new Response(body.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }
}

const framed = (happening: object): string => `data: ${JSON.stringify(happening)}\n\n`;
