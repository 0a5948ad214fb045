import type { BotEvent } from "../../core/model/events/events.ts";
import { type SignatureCheck, verdictOn } from "../../webhooks/verify.ts";

/** What a receiver got, and what it makes of the signature. */
export interface InboxEntry {
  event: BotEvent;
  verdict: SignatureCheck;
}

/** A webhook receiver, as anybody would write one. */
export class WebhookInbox {
  readonly secret = `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64")}`;
  readonly #listeners = new Set<(letter: InboxEntry) => void>();
  readonly #server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const body = await request.text();
      const verdict = verdictOn(body, Object.fromEntries(request.headers), [this.secret], Date.now());
      for (const event of [JSON.parse(body) as BotEvent | BotEvent[]].flat())
        for (const hear of this.#listeners) hear({ event, verdict });
      return new Response();
    },
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/`;
  }

  listen(hear: (letter: InboxEntry) => void): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }

  /** The next event of this type. */
  next(type: string): Promise<InboxEntry> {
    return new Promise((resolve) => {
      const stop = this.listen((letter) => {
        if (letter.event.type !== type) return;
        stop();
        resolve(letter);
      });
    });
  }

  stop(): Promise<void> {
    return this.#server.stop(true);
  }
}
