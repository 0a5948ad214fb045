import { randomBytes } from "node:crypto";
import type { WASocket } from "@whiskeysockets/baileys";
import { isMedia, type MediaKind } from "../../core/content.ts";
import { Failure } from "../../core/failure.ts";
import type { MediaRecord } from "../../core/media.ts";
import type { Outgoing } from "../../core/message.ts";
import type { Uploaded } from "../convert/converter.ts";
import { reusable, stored } from "./remote.ts";
import { families, familyOf, measured, sealed } from "./seal.ts";
import type { MediaServers } from "./servers.ts";

/** The files that messages name. */
export interface Files {
  /** Null when it is not known any more. */
  record(id: string): Promise<MediaRecord | null>;
  /** The bytes, fetched first when they are still with WhatsApp. Throws `gone`, `unavailable`. */
  bytes(record: MediaRecord): Promise<Blob>;
  /** WhatsApp has it now. */
  uploaded(id: string, remote: string): Promise<void>;
}

type Placed = Omit<Uploaded, "jpegThumbnail">;
type Socket = Pick<WASocket, "refreshMediaConn">;

/** Brings files to WhatsApp, each once: what is there is sent again, and what is on its way is waited for. */
export class Uploads {
  private readonly running = new Map<string, Promise<Placed>>();

  constructor(
    private readonly servers: MediaServers,
    private readonly files: Files,
  ) {}

  /** The file of a message at WhatsApp's; null of a message without a file. */
  async of({ content }: Outgoing, sock: Socket, now: number): Promise<Uploaded | null> {
    const said = content.kind === "edit" ? content.content : content;
    if (!isMedia(said)) return null;
    const record = await this.files.record(said.media_id);
    if (!record) throw new Failure("gone", "The file of this message is not kept here any more; upload it again.");
    const thumbnail = record.thumbnail ? { jpegThumbnail: record.thumbnail } : {};
    const there = reusable(record.remote, said.kind, now) ?? (await this.once(record, said.kind, sock, now));
    return { ...there, ...thumbnail };
  }

  private once(record: MediaRecord, kind: MediaKind, sock: Socket, now: number): Promise<Placed> {
    const key = `${familyOf[kind]}|${record.id}`;
    const before = this.running.get(key);
    if (before) return before;
    const made = this.bring(record, kind, sock, now).finally(() => this.running.delete(key));
    this.running.set(key, made);
    return made;
  }

  private async bring(record: MediaRecord, kind: MediaKind, sock: Socket, now: number): Promise<Placed> {
    const uploaded = await upload(await this.files.bytes(record), kind, sock, this.servers, now);
    await this.files.uploaded(record.id, stored(familyOf[kind], uploaded, now));
    return uploaded;
  }
}

async function upload(bytes: Blob, kind: MediaKind, sock: Socket, servers: MediaServers, now: number): Promise<Placed> {
  const family = familyOf[kind];
  const mediaKey = randomBytes(32);
  const { length, ...seal } = await measured(bytes, mediaKey, family);
  const name = Buffer.from(seal.fileEncSha256).toString("base64url");
  for (const force of [false, true]) {
    const { hosts, auth } = await sock.refreshMediaConn(force);
    for (const { hostname } of hosts) {
      const url = `https://${hostname}${families[family].path}/${name}?auth=${encodeURIComponent(auth)}&token=${name}`;
      const place = await put(url, sealed(bytes.stream(), mediaKey, family), length, servers);
      if (place) return { ...place, ...seal, mediaKey, mediaKeyTimestamp: Math.floor(now / 1000) };
    }
  }
  throw new Failure("unavailable", "WhatsApp's file servers did not take the file.");
}

async function put(url: string, body: AsyncIterable<Uint8Array>, length: number, servers: MediaServers) {
  const headers = { "content-type": "application/octet-stream", "content-length": String(length) };
  const response = await servers.request(url, { method: "POST", body, headers }).catch(() => null);
  if (!response?.ok) {
    await response?.body?.cancel();
    return null;
  }
  const answer: unknown = await response.json().catch(() => null);
  const place = answer as { url?: unknown; direct_path?: unknown } | null;
  if (typeof place?.url !== "string" || typeof place.direct_path !== "string") return null;
  return { url: place.url, directPath: place.direct_path };
}
