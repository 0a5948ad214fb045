import { DEFAULT_CONNECTION_CONFIG } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Log } from "../../core/base/log.ts";
import type { TextFile } from "../../core/base/text-file.ts";
import { webUserAgent } from "./user-agent.ts";
import type { SafeFetch } from "../../core/base/safe-fetch.ts";

/** WhatsApp Web's own service worker, which names the revision it belongs to. */
export const officialSource = "https://web.whatsapp.com/sw.js";

const [major, minor, pinned] = DEFAULT_CONNECTION_CONFIG.version;
/** Revisions rise by some two million a month: what is further away than this is no revision. */
const furthest = pinned + 50_000_000;

/** The whole answer must be there by then. */
const answerMs = 5_000;
const mostBytes = 4 * 2 ** 20;
/** However many devices are refused. */
const pauseMs = 60 * 60_000;

/** The page answers a browser only. */
const headers = {
  "sec-fetch-site": "none",
  "user-agent": webUserAgent,
};

/** Why the present revision is looked up; each has a limit of its own. */
type Occasion = "routine" | "expiring" | "refused";

export interface VersionPorts {
  note: TextFile;
  safeFetch: SafeFetch;
  clock: Clock;
  log: Log;
  /** Where the present revision stands; null asks nobody. */
  source: string | null;
}

/**
 * Which WhatsApp Web we say we are. A revision is built in; a version too old links no device, and no 405 says so
 * (Baileys#2679, 2026-07), so the present one is looked up before each attempt to link, once a day while connected, and when
 * WhatsApp refuses ours. It is remembered.
 */
export class WebVersion {
  #asking: Promise<void> | null = null;
  readonly #askedAt: Record<Occasion, number> = { routine: -Infinity, expiring: -Infinity, refused: -Infinity };

  readonly #ports: VersionPorts;
  #revision: number;

  private constructor(ports: VersionPorts, revision: number) {
    this.#ports = ports;
    this.#revision = revision;
  }

  static async load(ports: VersionPorts): Promise<WebVersion> {
    const remembered = Number(await ports.note.read().catch(() => null));
    return new WebVersion(ports, sane(remembered) ? remembered : pinned);
  }

  get current(): [number, number, number] {
    return [major, minor, this.#revision];
  }

  /** Looks the present one up, at most once an hour. Takes five seconds at most and never rejects. */
  async lookUp(occasion: Exclude<Occasion, "refused"> = "routine"): Promise<void> {
    await this.#askOn(occasion);
  }

  /** True when there is a newer one now than the `refused`. Takes five seconds at most and never rejects. */
  async refresh(refused: number): Promise<boolean> {
    if (this.#revision === refused) await this.#askOn("refused");
    return this.#revision > refused;
  }

  async #askOn(occasion: Occasion): Promise<void> {
    const { source, clock } = this.#ports;
    const now = clock.monotonic();
    if (source === null || (!this.#asking && now - this.#askedAt[occasion] < pauseMs)) return;
    this.#askedAt[occasion] = now;
    this.#asking ??= this.#ask(source, occasion).finally(() => (this.#asking = null));
    await this.#asking;
  }

  async #ask(source: string, occasion: Occasion): Promise<void> {
    const { log, note } = this.#ports;
    const isRefused = occasion === "refused";
    try {
      const found = revisionIn(await this.#page(source));
      const present = this.#revision;
      if (found === null || !sane(found) || found <= present) {
        if (isRefused) log.warn({ found, present }, "WhatsApp refuses this version, and no newer one is known");
        return;
      }
      if (isRefused)
        log.warn({ from: present, to: found }, "WhatsApp refused this version as outdated; going on as a newer one");
      else log.info({ from: present, to: found }, "there is a newer WhatsApp Web; going on as that");
      this.#revision = found;
      await note.write(String(found));
    } catch (error) {
      const fields = { error: String(error) };
      if (isRefused) log.warn(fields, "WhatsApp refuses this version, and the present one could not be learned");
      else log.info(fields, "the present version of WhatsApp Web could not be learned");
    }
  }

  async #page(source: string): Promise<string> {
    const { clock, safeFetch } = this.#ports;
    const ending = new AbortController();
    const cancel = clock.after(answerMs, () => ending.abort());
    try {
      const request = {
        method: "GET",
        headers,
        timeout: answerMs,
        signal: ending.signal,
        operatorsWord: true,
      } as const;
      const response = await safeFetch.send(source, request);
      if (!response.ok || !response.body) throw new Failure("unavailable", `the page answered ${response.status}`);
      return await textOf(response.body, ending.signal);
    } finally {
      cancel();
    }
  }
}

/** `client_revision` of the page, or the last part of a `[2, 3000, n]`. */
function revisionIn(page: string): number | null {
  const found = /\\?"client_revision\\?":\s*(\d{1,12})/.exec(page) ?? /\[2,\s*3000,\s*(\d{1,12})\]/.exec(page);
  return found ? Number(found[1]) : null;
}

function sane(revision: number): boolean {
  return Number.isSafeInteger(revision) && revision >= pinned && revision < furthest;
}

async function textOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(new Failure("timeout", "the page did not come in time")));
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) return text;
      text += decoder.decode(value, { stream: true });
      if (text.length > mostBytes) throw new Failure("too_large", "the page is too large");
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}
