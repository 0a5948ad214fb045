/** What happens on the simulated network, for narrators (`merpati sandbox`), waits and the control API. */
export type SimulatorEvent =
  | { readonly type: "client.connected"; readonly connection: number }
  | { readonly type: "client.disconnected"; readonly connection: number; readonly device: string | undefined }
  | { readonly type: "handshake.broken"; readonly connection: number }
  | { readonly type: "qr.offered"; readonly connection: number; readonly refs: number }
  | { readonly type: "code.requested"; readonly phone: string }
  | { readonly type: "phone.scanned"; readonly phone: string }
  /** `shown`: the phone shows it, for its owner to compare. */
  | { readonly type: "passkey.code"; readonly phone: string; readonly code: string; readonly shown: boolean }
  | { readonly type: "phone.linked"; readonly phone: string; readonly device: string }
  | {
      readonly type: "phone.unlinked";
      readonly phone: string;
      readonly device: string;
      readonly by: "phone" | "companion";
    }
  | { readonly type: "device.online"; readonly device: string }
  | { readonly type: "device.caught-up"; readonly device: string; readonly offline: number }
  | { readonly type: "device.offline"; readonly device: string }
  | {
      readonly type: "message.said";
      readonly id: string;
      readonly from: string;
      readonly to: string;
      readonly text: string | undefined;
    }
  | {
      readonly type: "message.sent";
      readonly id: string;
      readonly device: string;
      readonly to: string;
      readonly answer: string;
    }
  | {
      readonly type: "message.heard";
      readonly id: string;
      readonly by: string;
      readonly from: string;
      readonly chat: string;
      readonly text: string | undefined;
    }
  | {
      readonly type: "message.undecryptable";
      readonly id: string;
      readonly by: string;
      readonly from: string;
      readonly reason: string;
    }
  | { readonly type: "message.delivered"; readonly id: string; readonly device: string; readonly offline: boolean }
  | { readonly type: "message.receipt"; readonly id: string; readonly device: string; readonly receipt: ReceiptType }
  | { readonly type: "message.nack"; readonly id: string; readonly device: string; readonly code: string }
  | { readonly type: "stanza.settled"; readonly kind: string; readonly id: string; readonly device: string }
  /** A companion asks its phone for the file of a message again. */
  | { readonly type: "file.asked"; readonly id: string; readonly device: string }
  | { readonly type: "call.rejected"; readonly call: string; readonly device: string }
  | { readonly type: "companion.heard"; readonly id: string; readonly device: string; readonly from: string }
  | { readonly type: "group.changed"; readonly group: string; readonly change: string }
  | { readonly type: "channel.changed"; readonly channel: string; readonly change: string }
  | {
      readonly type: "channel.posted";
      readonly id: string;
      readonly channel: string;
      readonly text: string | undefined;
    }
  | { readonly type: "ping.answered"; readonly connection: number; readonly form: string }
  | { readonly type: "presence"; readonly device: string; readonly state: string }
  | { readonly type: "chat-state"; readonly device: string; readonly to: string; readonly state: string }
  | { readonly type: "problem"; readonly sentence: string };

/** The `type` of a receipt; a delivery receipt has none on the wire. */
const RECEIPT_TYPES = [
  "delivery",
  "inactive",
  "read",
  "read-self",
  "played",
  "played-self",
  "sender",
  "retry",
  "peer_msg",
  "hist_sync",
  "server-error",
] as const;
export type ReceiptType = (typeof RECEIPT_TYPES)[number];

/** Whether a receipt may carry this `type`. */
export function isReceiptType(type: string): type is ReceiptType {
  return RECEIPT_TYPES.some((one) => one === type);
}

export type EventOf<T extends SimulatorEvent["type"]> = Extract<SimulatorEvent, { type: T }>;
type Listener = (event: SimulatorEvent) => void;

/** Tells listeners what happened, synchronously and in order, and resolves waits. */
export class EventHub {
  readonly #listeners = new Set<Listener>();
  /** Listeners that only care for events about one message: thousands may wait at once. */
  readonly #byId = new Map<string, Set<Listener>>();

  emit(event: SimulatorEvent): void {
    for (const listener of this.#listeners) listener(event);
    if ("id" in event && this.#byId.size > 0) for (const listener of this.#byId.get(event.id) ?? []) listener(event);
  }

  /** Returns the function that ends the listening. `id` limits it to events about that message. */
  listen(listener: Listener, id?: string): () => void {
    const listeners = id === undefined ? this.#listeners : (this.#byId.get(id) ?? new Set());
    listeners.add(listener);
    if (id !== undefined) this.#byId.set(id, listeners);
    return () => {
      listeners.delete(listener);
      if (id !== undefined && listeners.size === 0) this.#byId.delete(id);
    };
  }

  /**
   * Resolves with the first value that `look` finds, now or after a later event (about message `id`, if given); `what`
   * ends the sentence of the rejection when `timeoutMs` pass first. Nothing is polled.
   */
  wait<T>(
    look: (event?: SimulatorEvent) => T | undefined,
    what: string | (() => string),
    timeoutMs: number,
    id?: string,
  ): Promise<T> {
    const now = look();
    if (now !== undefined) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`after ${timeoutMs} ms still waiting for ${typeof what === "string" ? what : what()}`));
      }, timeoutMs);
      timer.unref(); // what nobody waits for any more must not keep a program alive
      const stop = this.listen((event) => {
        const found = look(event);
        if (found === undefined) return;
        clearTimeout(timer);
        stop();
        resolve(found);
      }, id);
    });
  }
}
