import { AsyncLocalStorage } from "node:async_hooks";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import type { BotEvent } from "../../core/model/events/events.ts";
import { Refusal } from "../../sdk/refusal.ts";
import { flawIn } from "./plain.ts";
import { beat as words, type RpcMethods, type FromWorker, type Method } from "../contract/protocol.ts";

/** What is being handled: calls made meanwhile belong to it, their keys derive from it. */
export interface Invocation {
  readonly id: number;
  /** Constant through redeliveries: the event's id, or the run's. */
  readonly cause: string;
  readonly event: BotEvent | null;
  /** Sends so far: the nth send of a cause always has the same key. */
  sends: number;
}

export const current = new AsyncLocalStorage<Invocation>();

const open = new Map<number, { resolve: (value: never) => void; reject: (why: Error) => void }>();
let calls = 0;

// Kept: a plugin that changes the global one is to hurt nobody but itself.
const send = self.postMessage.bind(self);

/** Throws a sentence when something in it is no plain data. */
export function post(message: FromWorker): void {
  try {
    send(message);
  } catch (thrown) {
    const isCall = message.type === "call";
    const flaw = flawIn(isCall ? message.args : message);
    throw new Error(
      `${isCall ? message.method : "what a handler returns"}: takes plain data only${flaw ? `, but ${flaw}` : ""}`,
      { cause: thrown },
    );
  }
}

/** Asks the host. Rejects with a `Refusal` when it says no. */
export function call<M extends Method>(method: M, args: RpcMethods[M][0]): Promise<RpcMethods[M][1]> {
  const id = ++calls;
  // Made here, so that its stack shows the plugin's line.
  const refusal = new Refusal("");
  return new Promise<RpcMethods[M][1]>((resolve, reject) => {
    open.set(id, {
      resolve,
      reject: (why) => reject(Object.assign(refusal, { message: why.message, code: (why as Refusal).code })),
    });
    post({ type: "call", call: id, job: current.getStore()?.id ?? null, method, args } as FromWorker);
  });
}

export function answered(id: number, value: unknown): void {
  open.get(id)?.resolve(value as never);
  open.delete(id);
}

export function refused(id: number, code: string, message: string): void {
  open.get(id)?.reject(new Refusal(message, code));
  open.delete(id);
}

/** Nobody waits for an answer any more. */
export function forgetCalls(): void {
  open.clear();
}

/** Linux only; 0 elsewhere. */
function threadNumber(): number {
  try {
    return Number(basename(readlinkSync("/proc/thread-self")));
  } catch {
    return 0;
  }
}

// Kept, as `send` is.
const { setTimeout: after, clearTimeout: cancel } = globalThis;

/** What the host can read while this thread is stuck: which registered site it entered last. */
export class Beat {
  #shared: Int32Array = new Int32Array(words.bytes / 4);
  #heap: () => number = () => 0;
  #next: Timer | undefined;

  start(shared: SharedArrayBuffer, heap: () => number): void {
    this.#shared = new Int32Array(shared);
    this.#heap = heap;
    Atomics.store(this.#shared, words.thread, threadNumber());
    this.turn();
  }

  /** Counts a turn of the loop, and when to count the next. */
  turn(): void {
    cancel(this.#next);
    Atomics.add(this.#shared, words.turns, 1);
    Atomics.store(this.#shared, words.heap, Math.min(this.#heap() / 1024, 2 ** 31 - 1));
    const isWatched = Atomics.load(this.#shared, words.watched) === 1;
    this.#next = after(() => this.turn(), isWatched ? words.every : words.seldom);
  }

  /** Forgets where the version before was. */
  reset(): void {
    Atomics.store(this.#shared, words.site, -1);
  }

  /** Runs `handler` under the name of its site. */
  enter<T>(site: number, handler: () => T): T {
    Atomics.store(this.#shared, words.site, site);
    return handler();
  }
}
