import { Elysia, type Static, t } from "elysia";
import type { Device } from "../../core/device/device.ts";
import { mostInAlbum } from "../../core/model/content/album.ts";
import { contentKinds, mediaKinds } from "../../core/model/content/content.ts";
import { waitReasons } from "../../core/model/waiting.ts";
import { type DraftContent, type DraftOf, sendAt } from "../../core/model/content/draft.ts";
import { Failure } from "../../core/base/failure.ts";
import {
  type Message,
  messageStates,
  type MessageStatus,
  messageStatuses,
  statusOf,
} from "../../core/model/message/message.ts";
import type { MessageFilter } from "../../core/ports/messages.ts";
import * as docs from "../docs/v1-messages.ts";
import { withKeptFiles } from "../brought.ts";
import { needFields } from "../exact.ts";
import { routes, type Tools } from "../face.ts";
import { fileLinks } from "./file-links.ts";
import { commaList, counted, kinds, momentsIn, parseList, period } from "./filters.ts";
import { formOf, isForm, nameOf, readForm } from "../form.ts";
import { unixSeconds } from "../moment.ts";
import { cursorIn, cursorOf, cursor, limit } from "../paging.ts";
import { draftContentOf, optionsIn, said, to } from "./draft.ts";

const draft = t.Object({
  to,
  ...said,
  file: t.Optional(
    t.File({ description: "in a form: the file to send, with `kind` and `caption` beside it; several are an album" }),
  ),
  kind: t.Optional(t.String({ description: `in a form: ${mediaKinds.join(", ")}; album for several files` })),
  caption: t.Optional(
    t.String({ maxLength: 4_096, description: "in a form: what stands below the file, up to 4,096 characters" }),
  ),
});

const { file: _file, kind: _kind, caption: _caption, ...inJson } = draft.properties;
const { content: _content, ...inForm } = draft.properties;

/** How far messages are, and what they wait for. */
export const progressFilter = {
  state: t.Optional(
    t.Union(
      messageStates.map((state) => t.Literal(state)),
      { description: `one of ${messageStates.join(", ")}` },
    ),
  ),
  reason: t.Optional(
    t.Union(
      waitReasons.map((reason) => t.Literal(reason)),
      { description: `one of ${waitReasons.join(", ")}` },
    ),
  ),
};

const filter = t.Object({
  ...progressFilter,
  status: commaList("how far it got, with commas: delivered,read", { type: "string", enum: messageStatuses }),
  chat: t.Optional(t.String({ description: "one chat: a phone number, JID, LID or group id" })),
  kind: commaList("kinds of messages with commas: text,image", { type: "string", enum: contentKinds }),
  ...period,
  limit,
  cursor,
  count: counted,
});

/** `/v1/devices/:id/messages`: sending, and what became of it. */
export const messages = (tools: Tools) => new Elysia().use(list(tools)).use(one(tools));

const list = (tools: Tools) =>
  routes("/v1/devices/:id/messages", "messages")
    .post(
      "/",
      async ({ workspace, params, body, headers, request, status }) => {
        const { text: _, file: _file, kind: _kind, caption: _caption, ...draft } = body;
        const device = workspace.device(params.id);
        const content = isFile(body)
          ? await contentOfFiles(device, filesIn(request), body)
          : await withKeptFiles(request, device, draftContentOf(body));
        const message = await device.outbox.send({ ...draft, content }, optionsIn(headers));
        return status(202, { success: true, data: messageBody(message) });
      },
      {
        transform: ({ body, request }) => {
          needFields(body, Object.keys(isForm(request) ? inForm : inJson));
          if (isForm(request)) readForm(body, draft.properties);
          // The others are read where the first one is.
          const [first, second] = filesIn(request);
          if (first && second) body.file = first;
        },
        body: draft,
        ...docs.send(inJson, inForm),
      },
    )
    .get(
      "/",
      async ({ workspace, params, request, query: { limit: most = 100, cursor, count, ...query } }) => {
        const { outbox } = workspace.device(params.id);
        const filter = await filterIn(workspace.device(params.id), query);
        const { messages: found, next } = await outbox.list({ ...filter, before: cursorIn(cursor), limit: most });
        const linked = fileLinks(tools)({ workspace, request });
        return {
          success: true,
          data: linked(found.map(messageBody)),
          cursor: cursorOf(next),
          ...(count === "true" && { total: await outbox.count(filter) }),
        };
      },
      { query: filter, ...docs.list },
    );

const one = (tools: Tools) =>
  routes("/v1/devices/:id/messages", "messages")
    .post(
      "/:message/cancel",
      async ({ workspace, params }) => ({
        success: true,
        data: messageBody(await workspace.device(params.id).outbox.cancel(params.message)),
      }),
      docs.cancel,
    )
    .post(
      "/:message/release",
      async ({ workspace, params }) => ({
        success: true,
        data: messageBody(await workspace.device(params.id).outbox.release(params.message)),
      }),
      docs.release,
    )
    .post(
      "/:message/retry",
      async ({ workspace, params, status }) => {
        const message = await workspace.device(params.id).outbox.retry(params.message);
        return status(202, { success: true, data: messageBody(message) });
      },
      docs.retry,
    )
    .patch(
      "/:message",
      async ({ workspace, params, body }) => ({
        success: true,
        data: messageBody(await workspace.device(params.id).outbox.reschedule(params.message, body.send_at)),
      }),
      { body: t.Object({ send_at: sendAt }), ...docs.reschedule },
    )
    .get(
      "/:message",
      async ({ workspace, params, request }) => ({
        success: true,
        data: fileLinks(tools)({ workspace, request })(
          messageBody(await workspace.device(params.id).outbox.message(params.message)),
        ),
      }),
      docs.get,
    );

type FileForm = Pick<typeof draft.static, "text" | "kind" | "caption"> & { file: File };

type Filter = Omit<typeof filter.static, "limit" | "cursor" | "count">;

/** Throws `invalid`. */
async function filterIn(
  device: Pick<Device, "chat">,
  { status, chat, kind, since, until, ...rest }: Filter,
): Promise<Omit<MessageFilter, "limit">> {
  return {
    ...rest,
    ...momentsIn({ since, until }),
    chat: chat === undefined ? null : await device.chat(chat, "chat"),
    kinds: parseList(kinds, kind),
    statuses: parseList(statuses, status),
  };
}

/** Throws `invalid`. */
function statuses(parts: string[]): MessageStatus[] {
  const known = parts.filter((part): part is MessageStatus => messageStatuses.some((status) => status === part));
  if (known.length === parts.length && parts.length > 0) return known;
  throw new Failure("invalid", `"status" takes some of ${messageStatuses.join(", ")}, with commas.`, {
    field: "status",
  });
}

/** Whether a file is to be sent. Throws `invalid` for a form that speaks of one and has none. */
function isFile(form: typeof draft.static): form is typeof draft.static & FileForm {
  const about = (["kind", "caption"] as const).find((field) => form[field] !== undefined);
  if (!form.file && about !== undefined)
    throw new Failure("invalid", `"file" is missing: "${about}" goes with the form part named "file".`, {
      field: "file",
    });
  return form.file !== undefined;
}

/** The files of a form. */
const filesIn = (request: Request): File[] =>
  (formOf(request)?.get("file") ?? []).filter((file): file is File => file instanceof Blob);

/** A form's file, kept first, as the content that names it; several are an album. Throws `invalid`. */
async function contentOfFiles(
  device: Device,
  files: readonly File[],
  { file, kind, caption, text }: FileForm,
): Promise<DraftContent> {
  if (text !== undefined)
    throw new Failure("invalid", '"text" does not go with a file: what stands below it is "caption".', {
      field: "text",
    });
  if (files.length > 1) return albumOf(device, files, kind, caption);
  if (kind !== undefined && !mediaKinds.some((each) => each === kind))
    throw new Failure("invalid", `"kind" takes one of ${mediaKinds.join(", ")}, and album for several files.`, {
      field: "kind",
    });
  const { id } = await uploaded(device, file);
  return { kind: kind ?? "document", media_id: id, ...(caption === undefined ? {} : { caption }) } as DraftContent;
}

/** Several pictures and films; the caption stands below the first. */
async function albumOf(
  device: Device,
  files: readonly File[],
  kind = "album",
  caption?: string,
): Promise<DraftContent> {
  const refused = (field: string, sentence: string) => new Failure("invalid", `"${field}" ${sentence}`, { field });
  if (kind !== "album")
    throw refused("kind", 'takes "album" for several files: pictures and films. Other files go in a message each.');
  if (files.length > mostInAlbum) throw refused("file", `takes up to ${mostInAlbum} files for an album.`);
  const made: DraftOf<"album">["files"] = [];
  for (const file of files) {
    const { id, mime } = await uploaded(device, file);
    const [shown] = /^(image|video)(?=\/)/.exec(mime) ?? [];
    if (shown !== "image" && shown !== "video")
      throw refused("file", `takes pictures and films for an album, and ${JSON.stringify(nameOf(file))} is ${mime}.`);
    made.push({ kind: shown, media_id: id, ...(made.length === 0 && caption !== undefined ? { caption } : {}) });
  }
  return { kind: "album", files: made };
}

const uploaded = (device: Device, file: File) =>
  device.upload({ bytes: file.stream(), name: nameOf(file), header: file.type });

export const messageBody = (message: Message): Static<typeof docs.message> => ({
  message_id: message.id,
  id: message.waId,
  status: statusOf(message),
  to: message.chat,
  bulk_id: message.bulk,
  content: message.content,
  ...message.context,
  reason: message.reason,
  error: message.error,
  release_at: message.state === "waiting" ? unixSeconds(message.sendAt ?? message.notBefore) : null,
  created_at: unixSeconds(message.createdAt),
  sent_at: message.sentAt === null ? null : unixSeconds(message.sentAt),
});
