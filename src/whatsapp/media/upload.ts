import { randomBytes } from "node:crypto";
import type { WASocket } from "@whiskeysockets/baileys";
import { isMedia, type MediaKind } from "../../core/model/content/content.ts";
import { Failure } from "../../core/base/failure.ts";
import type { MediaRecord } from "../../core/ports/media.ts";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import type { Uploaded } from "../codec/convert/converter.ts";
import { isChannel } from "../wire/jid.ts";
import { familyOf, parsed, type Posted, reusable, reusablePost, stored, storedPost } from "../codec/remote.ts";
import { families, measured, encrypted } from "./encryption.ts";
import type { FileServers } from "./servers.ts";

/** The files that messages name. */
export interface Files {
  /** Null when it is not known any more. */
  record(id: string): Promise<MediaRecord | null>;
  /** The bytes, fetched first when they are still with WhatsApp. Throws `gone`, `unavailable`. */
  bytes(record: MediaRecord): Promise<Blob>;
  /** WhatsApp has it now. */
  uploaded(id: string, remote: string): Promise<void>;
}

/** What WhatsApp calls the file of a post; null of a post without one. */
export async function handleOf({ content }: OutgoingMessage, files: Files): Promise<string | null> {
  const said = content.kind === "edit" ? content.content : content;
  const record = said && isMedia(said) ? await files.record(said.media_id) : null;
  return record?.remote ? (parsed(record.remote).post?.handle ?? null) : null;
}

/** The file of a message: its own, that of what it edits, or the picture above a menu. */
function fileIn(content: OutgoingMessage["content"]): { kind: MediaKind; media_id: string } | null {
  if (content.kind === "menu") return content.image ? { kind: "image", media_id: content.image.media_id } : null;
  const said = content.kind === "edit" ? content.content : content;
  return said && isMedia(said) ? said : null;
}

type Placed = Omit<Uploaded, "jpegThumbnail">;
type Socket = Pick<WASocket, "refreshMediaConn">;

/** Brings files to WhatsApp, each once: what is there is sent again, and what is on its way is waited for. */
export class Uploads {
  readonly #running = new Map<string, Promise<Placed>>();

  readonly #servers: FileServers;
  readonly #files: Files;

  constructor(servers: FileServers, files: Files) {
    this.#servers = servers;
    this.#files = files;
  }

  /** The file of a message at WhatsApp's; null of a message without a file. */
  async of({ content, chat }: OutgoingMessage, sock: Socket, now: number): Promise<Uploaded | null> {
    const said = fileIn(content);
    if (!said) return null;
    const record = await this.#files.record(said.media_id);
    if (!record) throw new Failure("gone", "The file of this message is not kept here any more; upload it again.");
    const thumbnail = record.thumbnail ? { jpegThumbnail: record.thumbnail } : {};
    const { kind } = said;
    const open = isChannel(chat);
    const there = open ? shown(record, kind, now) : reusable(record.remote, kind, now);
    return { ...(there ?? (await this.#once({ record, kind, open, sock, now }))), ...thumbnail };
  }

  #once(job: Job): Promise<Placed> {
    const key = `${familyOf[job.kind]}|${job.open}|${job.record.id}`;
    const before = this.#running.get(key);
    if (before) return before;
    const made = this.#bring(job).finally(() => this.#running.delete(key));
    this.#running.set(key, made);
    return made;
  }

  async #bring(job: Job): Promise<Placed> {
    const bytes = await this.#files.bytes(job.record);
    const { placed, remote } = await (job.open ? opened : closed)(bytes, job, this.#servers);
    await this.#files.uploaded(job.record.id, remote);
    return placed;
  }
}

interface Job {
  record: MediaRecord;
  kind: MediaKind;
  /** For a channel. */
  open: boolean;
  sock: Socket;
  now: number;
}

interface Brought {
  placed: Placed;
  /** What to remember of where it lies. */
  remote: string;
}

/** For people and groups: sealed with a key that only they get. */
async function closed(bytes: Blob, { record, kind, sock, now }: Job, servers: FileServers): Promise<Brought> {
  const family = familyOf[kind];
  const mediaKey = randomBytes(32);
  const { length, ...seal } = await measured(bytes, mediaKey, family);
  const send = (url: string) => put(url, encrypted(bytes.stream(), mediaKey, family), length, servers);
  const { url, directPath } = await place(sock, families[family].path, seal.fileEncSha256, send);
  const placed = { url, directPath, ...seal, mediaKey, mediaKeyTimestamp: Math.floor(now / 1000) };
  return { placed, remote: stored(record.remote, family, placed, now) };
}

/** For channels, which everybody may read: as it is. */
async function opened(bytes: Blob, { record, kind, sock, now }: Job, servers: FileServers): Promise<Brought> {
  const family = familyOf[kind];
  const send = (url: string) => put(url, bytes.stream(), bytes.size, servers);
  const found = await place(sock, families[family].post, sealOf(record).fileSha256, send);
  const { url, directPath } = found;
  return {
    placed: { url, directPath, ...sealOf(record) },
    remote: storedPost(record.remote, { family, ...found, at: now }),
  };
}

const sealOf = ({ sha256, size }: MediaRecord) => ({ fileSha256: Buffer.from(sha256, "hex"), fileLength: size });

/** Where it lies for a channel already. */
function shown(record: MediaRecord, kind: MediaKind, now: number): Placed | null {
  const there = reusablePost(record.remote, kind, now);
  return there && { url: there.url, directPath: there.directPath, ...sealOf(record) };
}

/** Tries the servers WhatsApp names, and once more with fresh names. */
async function place(
  sock: Socket,
  path: string,
  hash: Uint8Array,
  send: (url: string) => Promise<Place | null>,
): Promise<Place> {
  const name = Buffer.from(hash).toString("base64url");
  for (const force of [false, true]) {
    const { hosts, auth } = await sock.refreshMediaConn(force);
    for (const { hostname } of hosts) {
      const found = await send(`https://${hostname}${path}/${name}?auth=${encodeURIComponent(auth)}&token=${name}`);
      if (found) return found;
    }
  }
  throw new Failure("unavailable", "WhatsApp's file servers did not take the file.");
}

type Place = Pick<Posted, "url" | "directPath" | "handle">;

async function put(
  url: string,
  body: AsyncIterable<Uint8Array>,
  length: number,
  servers: FileServers,
): Promise<Place | null> {
  const headers = { "content-type": "application/octet-stream", "content-length": String(length) };
  const response = await servers.request(url, { method: "POST", body, headers }).catch(() => null);
  if (!response?.ok) {
    await response?.body?.cancel();
    return null;
  }
  const answer: unknown = await response.json().catch(() => null);
  const place = answer as { url?: unknown; direct_path?: unknown; handle?: unknown } | null;
  if (typeof place?.url !== "string" || typeof place.direct_path !== "string") return null;
  const handle = typeof place.handle === "string" ? place.handle : null;
  return { url: place.url, directPath: place.direct_path, handle };
}
