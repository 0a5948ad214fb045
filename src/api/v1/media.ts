import { Elysia, type Static, t } from "elysia";
import { mediaPath } from "../../core/model/content/files.ts";
import { Failure } from "../../core/base/failure.ts";
import type { MediaRecord } from "../../core/ports/media.ts";
import * as docs from "../docs/v1-media.ts";
import { routes, type Tools } from "../face.ts";
import { formOf, nameOf, unparsed } from "../form.ts";
import { unixSeconds } from "../moment.ts";
import { ownAddress } from "../own-address.ts";
import { ranged } from "../ranges.ts";

/** Types a browser may show inside a page of this server; everything else is a download, whatever it claims to be. */
const shown = /^(image\/(jpeg|png|webp|gif)|video\/(mp4|3gpp|webm)|audio\/[\w.+-]+)$/;

/** `/v1/media/:media` and `/v1/devices/:id/media`: files that came, and files to be sent. */
export const media = (tools: Tools) =>
  new Elysia()
    .use(link(tools))
    .use(
      routes("/v1/media", "media")
        .get(
          "/:media",
          async ({ workspace, params, request }) => fileAnswer(request, await workspace.file(params.media)),
          docs.file,
        )
        .get(
          "/:media/info",
          async ({ workspace, params }) => ({
            success: true,
            data: infoOf((await workspace.file(params.media)).record),
          }),
          docs.info,
        )
        .get(
          "/:media/thumbnail",
          async ({ workspace, params }) => {
            const { thumbnail } = (await workspace.file(params.media)).record;
            if (!thumbnail) throw new Failure("not_found", "This file has no thumbnail, or was not fetched yet.");
            return new Response(new Uint8Array(thumbnail), { headers: { "content-type": "image/jpeg" } });
          },
          docs.thumbnail,
        ),
    )
    .use(
      routes("/v1/devices/:id/media", "media").post(
        "/",
        async ({ workspace, params, request, query, status }) => {
          const device = workspace.device(params.id);
          const record = await device.upload(brought(request, query.name));
          return status(201, { success: true, data: infoOf(record) });
        },
        {
          parse: unparsed,
          query: t.Object({
            name: t.Optional(t.String({ maxLength: 255, description: "the file's name, up to 255 characters" })),
          }),
          ...docs.upload,
        },
      ),
    );

/** A link for whoever has no key: an `<img>`, a service that fetches the file. */
const link = ({ mediaLinks, ...place }: Tools) =>
  routes("/v1/media", "media").post(
    "/:media/link",
    async ({ workspace, params, body, request }) => {
      const { record } = await workspace.file(params.media);
      const { tenant, key } = workspace.principal;
      const file = { tenant, media: record.id, key, isGiven: false };
      const { token, expiresAt } = mediaLinks.sign(file, body?.lifetime ?? 3_600);
      const url = `${ownAddress(request, place)}/media/${token}`;
      return { success: true, data: { url, expires_at: unixSeconds(expiresAt) } };
    },
    {
      body: t.Optional(
        t.Object({
          lifetime: t.Optional(t.Integer({ minimum: 60, maximum: 604_800, description: "60 to 604800 seconds" })),
        }),
      ),
      ...docs.link,
    },
  );

/** A file as it is served, or the part that the request asks for. */
export async function fileAnswer(
  request: Request,
  { record, bytes }: { record: MediaRecord; bytes: () => Promise<Blob> },
): Promise<Response> {
  return ranged(request, await bytes(), headersOf(record));
}

/** The file in a request: the part named `file` of a form, or the body as it stands. */
function brought(request: Request, name: string | undefined) {
  const type = request.headers.get("content-type") ?? "";
  const form = formOf(request);
  if (form) {
    const [file] = form.get("file") ?? [];
    if (!(file instanceof Blob))
      throw new Failure("invalid", '"file" is missing: send the file as the form part named "file".', {
        field: "file",
      });
    return { bytes: file.stream(), name: name ?? nameOf(file), ...(file.type ? { header: file.type } : {}) };
  }
  if (!request.body) throw new Failure("invalid", "The body is empty: it takes the file itself.", { field: "file" });
  return { bytes: request.body, ...(name ? { name } : {}), ...(type ? { header: type } : {}) };
}

function headersOf({ mime, name, sha256 }: MediaRecord): Record<string, string> {
  const plain = mime.split(";")[0]?.trim() ?? "";
  const inline = shown.test(plain);
  const title = name ? `; filename*=UTF-8''${titled(name)}` : "";
  return {
    // What somebody sent is called what they like.
    "content-type": !inline ? "application/octet-stream" : /^[\x20-\x7e]*$/.test(mime) ? mime : plain,
    "content-disposition": `${inline ? "inline" : "attachment"}${title}`,
    "content-security-policy": "default-src 'none'; sandbox",
    etag: `"${sha256}"`,
  };
}

/** A name as a header carries it (RFC 8187). */
const titled = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);

/** Without what only the conversion needs. */
const publicFacts = ({ type: _type, ...facts }: MediaRecord["facts"]) => facts;

export const infoOf = ({
  id,
  mime,
  name,
  size,
  sha256,
  state,
  reason,
  facts,
  createdAt,
}: MediaRecord): Static<typeof docs.mediaFile> => ({
  media_id: id,
  url: mediaPath(id),
  mime,
  name,
  size,
  sha256,
  state,
  reason,
  ...publicFacts(facts),
  created_at: unixSeconds(createdAt),
});
