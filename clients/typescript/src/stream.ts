import type { Event, EventOf, EventType } from "./event.ts";
import { MerpatiError } from "./failure.ts";
import type { Fetch } from "./retry.ts";

export interface StreamOptions<T extends EventType> {
  readonly url: string;
  readonly key: string;
  /** Only these; every one when left out. */
  readonly types?: readonly T[];
  /** Ids of devices; every one when left out. */
  readonly devices?: readonly string[];
  /** Continue behind this one; from now on when left out. */
  readonly cursor?: string;
  readonly signal?: AbortSignal;
  readonly fetch?: Fetch;
}

/**
 * An event, and the cursor to keep: a stream that begins with it goes on behind the event. What is only true now (QR and
 * pairing codes) has the cursor of what came before it.
 */
export interface Streamed<T extends EventType> {
  readonly event: EventOf<T>;
  readonly cursor: string;
}

/** How long to wait before the line is tried again, milliseconds: twice as long each time. */
const waits = { first: 250, longest: 10_000 };

/**
 * Every event as it happens, without a gap: when the line breaks, the stream goes on behind the last event. Ends when `signal`
 * is aborted; throws `MerpatiError` when the server refuses, as with `gone` for a cursor whose events were pruned.
 */
export async function* streamEvents<T extends EventType = EventType>(
  options: StreamOptions<T>,
): AsyncGenerator<Streamed<T>, void> {
  const isOver = (): boolean => options.signal?.aborted === true;
  let { cursor } = options;
  for (let wait = waits.first; !isOver(); wait = Math.min(2 * wait, waits.longest)) {
    try {
      for await (const { id, data } of frames(await opened(options, cursor))) {
        // Where the stream begins comes first, with no event.
        cursor = id ?? cursor;
        if (data === undefined) continue;
        wait = waits.first;
        yield { event: JSON.parse(data) as Event as EventOf<T>, cursor: cursor ?? "" };
      }
    } catch (error) {
      if (isOver()) return;
      if (error instanceof MerpatiError && error.status < 500 && error.status !== 429) throw error;
    }
    if (!isOver()) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function opened<T extends EventType>(
  { url, key, types, devices, signal, fetch: send = (request) => fetch(request) }: StreamOptions<T>,
  cursor: string | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const address = new URL(`${url.replace(/\/+$/, "")}/v1/events`);
  if (types) address.searchParams.set("types", types.join(","));
  if (devices) address.searchParams.set("devices", devices.join(","));
  const resumed: Record<string, string> = cursor === undefined ? {} : { "last-event-id": cursor };
  const headers = { "x-api-key": key, accept: "text/event-stream", ...resumed };
  const response = await send(new Request(address, { headers, ...(signal ? { signal } : {}) }));
  if (!response.ok || response.body === null) throw new MerpatiError(response, await response.json().catch(() => null));
  return response.body;
}

interface Frame {
  id: string | undefined;
  data: string | undefined;
}

/** Server-Sent Events as the server writes them: `id`, `event` and `data`, each on one line. */
async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame, void> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const fields = new Map(
        part.split("\n").map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 1).trim()]),
      );
      yield { id: fields.get("id"), data: fields.get("data") };
    }
  }
}
