import type { Device } from "../core/device/device.ts";
import { checkedContent, type DraftContent } from "../core/model/content/draft.ts";
import { type Failure, rethrowAtField } from "../core/base/failure.ts";
import type { Upload } from "../core/media/file-source.ts";

/** A long text of base64 that stood in a JSON body: its bytes, on the disk as long as the call lasts, or why there are none. */
export type BroughtFile = { upload: Upload } | { failure: Failure };

const brought = new WeakMap<Request, ReadonlyMap<string, BroughtFile>>();

/** Whoever read the body leaves here the files that stood in it, by the words that stand in their place now. */
export const setBrought = (request: Request, files: ReadonlyMap<string, BroughtFile>): Request => {
  if (files.size > 0) brought.set(request, files);
  return request;
};

/** What names a file. */
interface Named {
  url?: string | undefined;
  base64?: string | undefined;
  media_id?: string | undefined;
  mime?: string | undefined;
  name?: string | undefined;
}

/**
 * The same content, with the long files of the call's body kept on the device and named by their ids: so that no text of
 * megabytes goes through checks, hooks and hashes. Throws what the content or a file is refused with.
 */
export async function withKeptFiles<C>(request: Request, device: Device, content: C): Promise<C> {
  const files = brought.get(request);
  if (files === undefined) return content;
  const keeper = new FileKeeper(files, device);
  return (await keeper.kept(checkedContent(content))) as C;
}

class FileKeeper {
  readonly #files: ReadonlyMap<string, BroughtFile>;
  readonly #device: Device;

  constructor(files: ReadonlyMap<string, BroughtFile>, device: Device) {
    this.#files = files;
    this.#device = device;
  }

  async kept(content: DraftContent): Promise<DraftContent> {
    switch (content.kind) {
      case "album": {
        const files: typeof content.files = [];
        for (const [at, file] of content.files.entries()) files.push(await this.#named(file, `content.files.${at}`));
        return { ...content, files };
      }
      case "menu": {
        const { image } = content;
        return image ? { ...content, image: await this.#named(image, "content.image") } : content;
      }
      case "text": {
        const { preview } = content;
        if (typeof preview !== "object" || !preview.image) return content;
        return {
          ...content,
          preview: { ...preview, image: await this.#named(preview.image, "content.preview.image") },
        };
      }
      default:
        return "base64" in content ? this.#named(content, "content") : content;
    }
  }

  async #named<N extends Named>(draft: N, place: string): Promise<N> {
    const { base64, ...rest } = draft;
    const file = base64 === undefined ? undefined : this.#files.get(base64);
    // Two names of a file are refused with the draft.
    if (file === undefined || draft.url !== undefined || draft.media_id !== undefined) return draft;
    const { mime, name } = draft;
    try {
      if ("failure" in file) throw file.failure;
      const { id } = await this.#device.upload({
        ...file.upload,
        ...(mime ? { mime } : {}),
        ...(name ? { name } : {}),
      });
      return { ...rest, media_id: id } as unknown as N;
    } catch (error) {
      return rethrowAtField(`${place}.base64`)(error);
    }
  }
}
