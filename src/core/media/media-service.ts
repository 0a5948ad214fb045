import { Locks } from "../base/locks.ts";
import type { MediaContent, MediaKind, LinkPreview } from "../model/content/content.ts";
import { mediaPath } from "../model/content/files.ts";
import type { DraftOf } from "../model/content/draft.ts";
import { assertNever, rethrowAtField, Failure } from "../base/failure.ts";
import { Fetching, type FetchPorts } from "./fetching.ts";
import { fileName } from "./file-name.ts";
import { type Upload, downloaded, inBase64 } from "./file-source.ts";
import { typeOf, unknownType } from "./file-type.ts";
import { linkPreview } from "./link-preview.ts";
import type { Facts, Converted, MediaRecord, MediaTools } from "../ports/media.ts";
import { leavingBy, type SafeFetch } from "../base/safe-fetch.ts";
import type { WaysOut } from "../ports/ways-out.ts";

export interface MediaServicePorts extends FetchPorts {
  tools: MediaTools;
  fetch: SafeFetch;
  ways: WaysOut;
  ids: { message(): string };
  /** Throws `over_budget` when the tenant has as much as it may have. */
  needRoom: (tenant: string) => Promise<void>;
}

/** Whose file it is. */
export interface Owner {
  tenant: string;
  /** The device's uid. */
  device: string;
}

type FileDraft = DraftOf<MediaKind>;
type File = Pick<MediaRecord, "sha256" | "size" | "mime" | "name" | "facts">;

/** Takes in files, finds them again, and fetches what is still with WhatsApp. */
export class MediaService {
  readonly #fetching: Fetching;
  readonly #adding = new Locks();

  readonly #ports: MediaServicePorts;

  constructor(ports: MediaServicePorts) {
    this.#ports = ports;
    this.#fetching = new Fetching(ports);
  }

  /** Keeps a file. Throws `too_large`. */
  async take(owner: Owner, { bytes, mime, header, name, isNameOfAddress }: Upload): Promise<MediaRecord> {
    const { media, tools, limit } = this.#ports;
    await this.#ports.needRoom(owner.tenant);
    const kept = await media.keep(bytes, limit);
    if (kept.size === 0) throw new Failure("invalid", "The file is empty.", { field: "file" });
    const blob = await this.#stored(kept.sha256);
    const facts = await this.#facts(blob);
    const clean = fileName(name);
    const byName = clean === null ? null : tools.typeOfName(clean);
    const type = typeOf({ mime, header, byName, byBytes: facts.type ?? null });
    const extension = isNameOfAddress && byName === null && type !== unknownType ? tools.extensionOf(type) : null;
    const whole = extension === null ? clean : `${clean ?? "file"}.${extension}`;
    return this.#add(owner, { ...kept, mime: type, name: whole, facts }, blob);
  }

  /** A file of this tenant; null when it is absent or another's. */
  async find(tenant: string, id: string): Promise<MediaRecord | null> {
    const record = await this.#ports.media.get(id);
    return record?.tenant === tenant ? record : null;
  }

  /** The card of the first link in a text; null when nothing can be learned. A picture that cannot be had is left out. */
  async preview(owner: Owner, text: string): Promise<LinkPreview | null> {
    const found = await linkPreview(text, { ...this.#ports, fetch: this.#fetchOf(owner) });
    if (!found) return null;
    const { image, ...card } = found;
    const picture = image && (await this.content(owner, { kind: "image", url: image }).catch(() => null));
    return picture ? { ...card, media_id: picture.media_id } : card;
  }

  /** What a device asks of the internet leaves by its way. */
  #fetchOf(owner: Owner): SafeFetch {
    return leavingBy(this.#ports.fetch, this.#ports.ways.of(owner));
  }

  portrait(bytes: Blob): Promise<Uint8Array> {
    return this.#ports.tools.portrait(bytes);
  }

  record(id: string): Promise<MediaRecord | null> {
    return this.#ports.media.get(id);
  }

  /** The bytes, fetched first when they are still with WhatsApp. Throws `gone`, `refused`, `too_large`, `unavailable`. */
  async bytes(record: MediaRecord): Promise<Blob> {
    const here = record.state === "ready" ? record : await this.fetched(record);
    const blob = await this.#ports.media.bytes(here.sha256);
    if (!blob) throw new Failure("gone", "This file is not kept here any more.");
    return blob;
  }

  /** Fetches the file now, and keeps it for a message that leaves at `at`, milliseconds since 1970. Throws as `bytes`. */
  async keepUntil(id: string, at: number): Promise<void> {
    const record = await this.#ports.media.get(id);
    if (!record) throw new Failure("gone", "This file is not kept here any more.");
    await this.bytes(record);
    await this.#ports.media.update(id, { usedAt: at });
  }

  async uploaded(id: string, remote: string): Promise<void> {
    await this.#ports.media.update(id, { remote, usedAt: this.#ports.clock.now() });
  }

  /** The file of a message, on disk. Throws as `bytes`. */
  fetched(record: MediaRecord): Promise<MediaRecord> {
    return this.#fetching.fetched(record);
  }

  /** The content of a draft with a file: checked, converted and kept. */
  async content(owner: Owner, draft: FileDraft): Promise<MediaContent> {
    const { kind } = draft;
    const given = await this.#given(owner, draft);
    const before = await this.bytes(given);
    const made = await this.#converted(draft, given, before);
    const thumbnail = await this.#thumbnail(draft);
    const isSame = made.bytes === before && made.mime === given.mime && thumbnail === undefined;
    const record = isSame ? given : await this.#kept(owner, given, made, thumbnail);
    await this.#withPicture(kind, record);
    const name = ("name" in draft && fileName(draft.name)) || record.name || this.#unnamed(record.mime);
    return {
      kind,
      mime: record.mime,
      size: record.size,
      sha256: record.sha256,
      media_id: record.id,
      url: mediaPath(record.id),
      state: "ready",
      ...shown(kind, made.facts),
      ...("caption" in draft && draft.caption ? { caption: draft.caption } : {}),
      ...(kind === "document" ? { name } : {}),
    } as MediaContent;
  }

  /** What a document is called that nobody gave a name: phones open it by that. */
  #unnamed(mime: string): string {
    const extension = mime === unknownType ? null : this.#ports.tools.extensionOf(mime);
    return extension === null ? "file" : `file.${extension}`;
  }

  async #given(owner: Owner, draft: FileDraft): Promise<MediaRecord> {
    const { url, base64, media_id: id, mime } = draft;
    const sources = [url, base64, id].filter((source) => source !== undefined);
    if (sources.length !== 1)
      throw new Failure("invalid", '"content" takes one of "url", "base64" and "media_id".', { field: "content" });
    const named = { ...(mime ? { mime } : {}), ...("name" in draft && draft.name ? { name: draft.name } : {}) };
    if (id !== undefined) {
      const found = await this.find(owner.tenant, id);
      if (found) return found;
      throw new Failure("not_found", '"content.media_id" names no file that is here; upload it first.', {
        field: "content.media_id",
      });
    }
    if (base64 !== undefined)
      return this.take(owner, { ...inBase64(base64), ...named }).catch(rethrowAtField("content.base64"));
    const take = async () =>
      this.take(owner, { ...(await downloaded(url ?? "", { ...this.#ports, fetch: this.#fetchOf(owner) })), ...named });
    return take().catch(rethrowAtField("content.url"));
  }

  /** What a document is called counts for it alone: what is shown is judged by its bytes. */
  async #converted(draft: FileDraft, given: MediaRecord, bytes: Blob): Promise<Converted> {
    if (draft.kind === "document") return { bytes, mime: given.mime, facts: given.facts };
    // A file that came in was never looked into.
    const facts = given.facts.type === undefined ? await this.#facts(bytes) : given.facts;
    const keepMetadata = ("keep_metadata" in draft && draft.keep_metadata) || false;
    return this.#ports.tools.convert(draft.kind, { bytes, mime: facts.type ?? unknownType, facts }, { keepMetadata });
  }

  /** The picture that stands for the file until it is opened, when it is another than the file shows by itself. */
  async #thumbnail(draft: FileDraft): Promise<Uint8Array | undefined> {
    const { tools } = this.#ports;
    if ("thumbnail" in draft && draft.thumbnail !== undefined) {
      const picture = await allOf(inBase64(draft.thumbnail).bytes)
        .then((bytes) => tools.thumbnail(bytes))
        .catch(() => null);
      if (picture) return picture;
      throw new Failure("invalid", '"content.thumbnail" takes a JPEG, PNG or WebP picture in base64.', {
        field: "content.thumbnail",
      });
    }
    return undefined;
  }

  /** Clients draw an empty bubble for a film without a picture. */
  async #withPicture(kind: MediaKind, record: MediaRecord): Promise<void> {
    const isFilm = kind === "video" || kind === "gif" || kind === "video_note";
    if (!isFilm || record.thumbnail) return;
    await this.#ports.media.update(record.id, { thumbnail: await this.#ports.tools.neutralPicture() });
  }

  async #facts(bytes: Blob): Promise<Facts> {
    const seen = await this.#ports.tools.inspect(bytes);
    return seen ? { ...seen.facts, type: seen.mime } : {};
  }

  async #kept(
    owner: Owner,
    given: MediaRecord,
    { bytes, mime, facts }: Converted,
    thumbnail: Uint8Array | undefined,
  ): Promise<MediaRecord> {
    const kept = await this.#ports.media.keep(bytes.stream(), this.#ports.limit);
    return this.#add(owner, { ...kept, mime, facts: { ...facts, type: mime }, name: given.name }, bytes, thumbnail);
  }

  /** Brought again, as by a repeated call, and be it at the same time: one file, so that the call is the same too. */
  #add(owner: Owner, file: File, bytes: Blob, thumbnail?: Uint8Array): Promise<MediaRecord> {
    const like = JSON.stringify([owner.device, file.sha256, file.mime, file.name]);
    return this.#adding.hold([like], () => this.#added(owner, file, bytes, thumbnail));
  }

  async #added(owner: Owner, file: File, bytes: Blob, thumbnail?: Uint8Array): Promise<MediaRecord> {
    const { media, tools, clock, ids } = this.#ports;
    const now = clock.now();
    const known = await media.same({ ...owner, ...file });
    if (known && (!thumbnail || equal(known.thumbnail, thumbnail))) {
      await media.update(known.id, { usedAt: now });
      return known;
    }
    const record: MediaRecord = {
      id: ids.message(),
      ...owner,
      ...file,
      state: "ready",
      reason: null,
      remote: null,
      thumbnail: thumbnail ?? (await tools.thumbnail(bytes)),
      createdAt: now,
      usedAt: now,
    };
    await media.add(record);
    return record;
  }

  async #stored(sha256: string): Promise<Blob> {
    const blob = await this.#ports.media.bytes(sha256);
    if (!blob) throw new Failure("unavailable", "The file was written and is not there; check the disk.");
    return blob;
  }
}

const equal = (one: Uint8Array | null, other: Uint8Array): boolean => one !== null && Buffer.compare(one, other) === 0;

async function allOf(parts: AsyncIterable<Uint8Array>): Promise<Blob> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new Blob(all.map((part) => Uint8Array.from(part)));
}

/** What a kind says of its file's looks. */
function shown(kind: MediaKind, { width, height, seconds, animated, waveform }: Converted["facts"]): object {
  const size = width && height ? { width, height } : {};
  const length = seconds === undefined ? {} : { seconds };
  switch (kind) {
    case "image":
      return size;
    case "sticker":
      return { ...size, animated: animated ?? false };
    case "video":
    case "gif":
    case "video_note":
      return { ...size, ...length };
    case "voice":
      return { ...length, ...(waveform ? { waveform } : {}) };
    case "audio":
      return length;
    case "document":
      return {};
    default:
      return assertNever(kind);
  }
}
