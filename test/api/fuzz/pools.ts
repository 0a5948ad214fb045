import type { Random } from "./random.ts";

/** Names that the bot gave things, to be named again. Of each kind the newest are kept. */
export class Pools {
  readonly #pools = new Map<string, string[]>();

  constructor(beginning: Readonly<Record<string, readonly string[]>>) {
    for (const [kind, values] of Object.entries(beginning)) this.#pools.set(kind, [...values]);
  }

  all(kind: string): readonly string[] {
    return this.#pools.get(kind) ?? [];
  }

  add(kind: string, value: unknown): void {
    if (typeof value !== "string" || value === "") return;
    const pool = this.#pools.get(kind) ?? [];
    this.#pools.set(kind, [...pool, value].slice(-20));
  }

  one(kind: string, random: Random): string | undefined {
    const pool = this.all(kind);
    return pool.length === 0 ? undefined : random.one(pool);
  }

  newest(kind: string): string | undefined {
    return this.all(kind).at(-1);
  }

  /** The newest, which is used up. */
  take(kind: string): string | undefined {
    return this.#pools.get(kind)?.pop();
  }

  /** What an answer made or named. */
  learn(operation: string, data: unknown): void {
    if (Array.isArray(data)) return data.forEach((each: unknown) => this.learn(operation, each));
    if (typeof data !== "object" || data === null) return;
    const { message_id, status, id, bulk_id, media_id, key, secret, seq, url } = data as Readonly<
      Record<string, unknown>
    >;
    this.add("message", message_id);
    this.add("bulk", bulk_id);
    this.add("media", media_id);
    if (message_id !== undefined) this.add("said", id);
    if (status === "waiting") this.add("waiting", message_id);
    if (status === "cancelled") this.add("over", message_id);
    if (secret !== undefined) this.add("webhook", id);
    if (key !== undefined) this.add("key", id);
    if (typeof seq === "number") this.add("event", id);
    if (operation === "createMediaLink") this.add("token", String(url).split("/").at(-1));
    const kind = made[operation];
    if (kind !== undefined) this.add(kind, id);
  }
}

/** What the `id` of an answer names. */
const made: Readonly<Record<string, string>> = {
  createTenant: "tenant",
  createGroup: "group",
  listGroups: "group",
  createCommunity: "community",
  createChannel: "channel",
  listChannels: "channel",
  createLabel: "label",
  listHistory: "said",
};
