import { DEFAULT_CONNECTION_CONFIG } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Log } from "../../core/base/log.ts";
import { day, hour } from "../../core/base/durations.ts";
import type { TextFile } from "../../core/base/text-file.ts";
import type { WebVersionFigures } from "../../core/model/web-version.ts";
import { webUserAgent } from "./user-agent.ts";
import type { SafeFetch } from "../../core/base/safe-fetch.ts";
import type { WayOut } from "../../core/base/way-out.ts";

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
/** WhatsApp Web takes no earlier end of a version for true (whatsapp-rust#1314, 2026-08). */
const soonestEndMs = 3 * day;
/** A version that was looked up so long ago may be too old to link by now. */
const provenMs = 2 * day;
/** So long before its end a connection goes over to a newer version, when one is known; it looks once a day. */
const handOverMs = day + hour;

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
  /** Whether the server cares: WhatsApp's does. */
  matters: boolean;
}

/** What is kept of it. An earlier release kept the revision alone. */
interface Kept {
  readonly revision: number;
  /** When it was found to be the present one, and when WhatsApp said that it ends; milliseconds since 1970. */
  readonly checkedAt: number | null;
  readonly expiresAt: number | null;
}

/**
 * Which WhatsApp Web we say we are. A revision is built in; a version too old links no device, and no 405 says so
 * (Baileys#2679, 2026-07), so the present one is looked up before each attempt to link, once a day while connected, and when
 * WhatsApp refuses ours or says that it ends. It is remembered.
 */
export class WebVersion {
  #asking: Promise<void> | null = null;
  readonly #askedAt: Record<Occasion, number> = { routine: -Infinity, expiring: -Infinity, refused: -Infinity };

  readonly #ports: VersionPorts;
  #kept: Kept;
  /** When the revisions of open connections end. */
  readonly #endsOf = new Map<number, number>();

  private constructor(ports: VersionPorts, kept: Kept) {
    this.#ports = ports;
    this.#kept = kept;
    if (kept.expiresAt !== null) this.#endsOf.set(kept.revision, kept.expiresAt);
  }

  static async load(ports: VersionPorts): Promise<WebVersion> {
    return new WebVersion(ports, keptIn(await ports.note.read().catch(() => null)));
  }

  get current(): [number, number, number] {
    return [major, minor, this.#kept.revision];
  }

  get figures(): WebVersionFigures {
    const { checkedAt, expiresAt } = this.#kept;
    const { clock, matters } = this.#ports;
    const isProven = checkedAt !== null && clock.now() - checkedAt < provenMs;
    return { version: this.current.join("."), checkedAt, expiresAt, mayBeTooOld: matters && !isProven };
  }

  /**
   * WhatsApp said when the version ends (`client_expiration`, whatsapp-rust#1314, 2026-08): only an earlier moment replaces one
   * that is known, an empty one takes it back, and one that is no number of seconds says nothing. Never rejects.
   */
  async expires(seconds: string | undefined, way: WayOut): Promise<void> {
    const expiresAt = endOf(seconds, this.#kept.expiresAt, this.#ports.clock.now());
    if (expiresAt === this.#kept.expiresAt) return;
    const fields = { version: this.current.join("."), until: expiresAt === null ? null : iso(expiresAt) };
    this.#ports.log.info(fields, "WhatsApp says when this version ends");
    await this.#keep({ ...this.#kept, expiresAt }).catch(() => {}); // It says so again.
    if (expiresAt !== null) await this.lookUp(way, "expiring");
  }

  /** Whether a connection as `revision` should begin anew as a later one, because its own is about to end. */
  isSucceeded(revision: number): boolean {
    const end = this.#endsOf.get(revision);
    const { clock, log } = this.#ports;
    if (end === undefined || clock.now() < end - handOverMs) return false;
    if (this.#kept.revision > revision) return true;
    log.warn({ version: this.current.join("."), until: iso(end) }, endingWords);
    return false;
  }

  /** Looks the present one up, at most once an hour, by the way of a device. Takes five seconds at most and never rejects. */
  async lookUp(way: WayOut, occasion: Exclude<Occasion, "refused"> = "routine"): Promise<void> {
    await this.#askOn(occasion, way);
  }

  /** True when there is a newer one now than the `refused`. Takes five seconds at most and never rejects. */
  async refresh(refused: number, way: WayOut): Promise<boolean> {
    if (this.#kept.revision === refused) await this.#askOn("refused", way);
    return this.#kept.revision > refused;
  }

  async #askOn(occasion: Occasion, way: WayOut): Promise<void> {
    const { source, clock } = this.#ports;
    const now = clock.monotonic();
    if (source === null || (!this.#asking && now - this.#askedAt[occasion] < pauseMs)) return;
    this.#askedAt[occasion] = now;
    this.#asking ??= this.#ask(source, occasion, way).finally(() => (this.#asking = null));
    await this.#asking;
  }

  async #ask(source: string, occasion: Occasion, way: WayOut): Promise<void> {
    const { log, clock } = this.#ports;
    const isRefused = occasion === "refused";
    try {
      const found = revisionIn(await this.#page(source, way));
      const present = this.#kept.revision;
      if (found === null || !sane(found) || found <= present) {
        if (isRefused) log.warn({ found, present }, "WhatsApp refuses this version, and no newer one is known");
        else if (found === present) await this.#keep({ ...this.#kept, checkedAt: clock.now() });
        return;
      }
      if (isRefused)
        log.warn({ from: present, to: found }, "WhatsApp refused this version as outdated; going on as a newer one");
      else log.info({ from: present, to: found }, "there is a newer WhatsApp Web; going on as that");
      await this.#keep({ revision: found, checkedAt: clock.now(), expiresAt: null });
    } catch (error) {
      const fields = { error: String(error) };
      // One device's proxy keeps no other device from asking.
      if (way.trouble(new URL(source).hostname)) this.#askedAt[occasion] = -Infinity;
      if (isRefused) log.warn(fields, "WhatsApp refuses this version, and the present one could not be learned");
      else log.info(fields, "the present version of WhatsApp Web could not be learned");
    }
  }

  /** Rejects when it could not be written; it holds for this process all the same. */
  async #keep(kept: Kept): Promise<void> {
    this.#kept = kept;
    if (kept.expiresAt === null) this.#endsOf.delete(kept.revision);
    else this.#endsOf.set(kept.revision, kept.expiresAt);
    await this.#ports.note.write(JSON.stringify(kept));
  }

  async #page(source: string, way: WayOut): Promise<string> {
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
        way,
      } as const;
      const response = await safeFetch.send(source, request);
      if (!response.ok || !response.body) throw new Failure("unavailable", `the page answered ${response.status}`);
      return await textOf(response.body, ending.signal);
    } finally {
      cancel();
    }
  }
}

const iso = (at: number): string => new Date(at).toISOString();

const endingWords =
  "WhatsApp is about to end this version and no newer one is known: update Merpati, or let it reach WHATSAPP_VERSION_URL";

/** The moment that WhatsApp named, milliseconds since 1970; what was known when it named none that can be read. */
function endOf(seconds: string | undefined, known: number | null, now: number): number | null {
  if (seconds === undefined) return null;
  if (!/^\d{1,11}$/.test(seconds)) return known;
  const end = Math.max(Number(seconds) * 1000, now + soonestEndMs);
  return known === null ? end : Math.min(known, end);
}

/** What the note holds; the built-in revision where it is older, or no note. */
function keptIn(note: string | null): Kept {
  const blank = { revision: pinned, checkedAt: null, expiresAt: null };
  if (note === null) return blank;
  try {
    const read = JSON.parse(note) as Partial<Kept> | number;
    const kept = typeof read === "number" ? { revision: read } : read;
    const moment = (at: unknown) => (Number.isSafeInteger(at) ? (at as number) : null);
    if (!sane(Number(kept.revision))) return blank;
    return {
      revision: Number(kept.revision),
      checkedAt: moment(kept.checkedAt),
      expiresAt: moment(kept.expiresAt),
    };
  } catch {
    return blank;
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
