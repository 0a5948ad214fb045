import { breathe } from "../../core/base/breathe.ts";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { type Static, t } from "elysia";
import { type BulkDraft, type BulkReport, mostInBulk, stateOf } from "../../core/ports/bulk.ts";
import { messageStatuses, type Draft } from "../../core/model/message/message.ts";
import { located } from "../../core/sending/bulk/bulk-parts.ts";
import { mostRowRefusals } from "../../core/sending/bulk/row-refusals.ts";
import type { DraftContent } from "../../core/model/content/draft.ts";
import { asFailure, Failure } from "../../core/base/failure.ts";
import * as docs from "../docs/v1-bulk.ts";
import { withKeptFiles } from "../brought.ts";
import { needKnown } from "../exact.ts";
import { routes } from "../face.ts";
import { invalidRequest } from "../failures.ts";
import { unixSeconds } from "../moment.ts";
import { cursor, cursorIn, cursorOf, limit } from "../paging.ts";
import { draftContentOf, optionsIn, said, to } from "./draft.ts";
import { messageBody } from "./messages.ts";

const many = { minItems: 1, maxItems: mostInBulk };

const one = t.Object({ to, ...said });
const isOne = TypeCompiler.Compile(one);
/** Messages that are checked in one go: a millisecond of work. */
const slice = 100;

const bulkDraft = t.Object({
  to: t.Optional(
    t.Array(to, { ...many, description: `1 to ${mostInBulk} phone numbers, JIDs, LIDs or group ids, each once` }),
  ),
  ...said,
  // Checked by `checkMessages`, which lets others have their turn: Elysia would check all of them at once.
  messages: t.Optional(
    t.Unsafe<(typeof one.static)[]>({
      ...t.Any(),
      openapi: t.Array(one, many),
      description: `1 to ${mostInBulk} messages of { to, text } or { to, content }, instead of "to"`,
    }),
  ),
  interval: t.Optional(
    t.Integer({ minimum: 1, maximum: 86_400, description: "seconds between two of them, 1 to 86400" }),
  ),
});

const status = t.Optional(
  t.Union(
    messageStatuses.map((each) => t.Literal(each)),
    { description: `one of ${messageStatuses.join(", ")}` },
  ),
);

/** `/v1/devices/:id/bulk`: many messages at once, and how they get on. */
export const bulk = () =>
  routes("/v1/devices/:id/bulk", "bulk")
    .post(
      "/",
      async ({ workspace, params, body, headers, request, status: answer }) => {
        const refused = await checkMessages(body.messages);
        const device = workspace.device(params.id);
        const kept: Kept = (content) => withKeptFiles(request, device, content);
        const report = await device.bulk.send(await asked(body, refused, kept), optionsIn(headers));
        return answer(202, { success: true, data: bulkBody(report) });
      },
      {
        body: bulkDraft,
        ...docs.send,
      },
    )
    .get(
      "/",
      async ({ workspace, params, query }) => {
        const before = cursorIn(query.cursor);
        const { items, next } = await workspace.device(params.id).bulk.list({ before, limit: query.limit ?? 100 });
        return { success: true, data: items.map(bulkBody), cursor: cursorOf(next) };
      },
      { query: t.Object({ limit, cursor }), ...docs.list },
    )
    .get(
      "/:bulk",
      async ({ workspace, params }) => ({
        success: true,
        data: bulkBody(await workspace.device(params.id).bulk.get(params.bulk)),
      }),
      docs.get,
    )
    .get(
      "/:bulk/messages",
      async ({ workspace, params, query }) => {
        const wanted = { status: query.status ?? null, after: cursorIn(query.cursor), limit: query.limit ?? 100 };
        const { items, next } = await workspace.device(params.id).bulk.messages(params.bulk, wanted);
        return { success: true, data: items.map(messageBody), cursor: cursorOf(next) };
      },
      { query: t.Object({ status, limit, cursor }), ...docs.messages },
    )
    .post(
      "/:bulk/cancel",
      async ({ workspace, params }) => ({
        success: true,
        data: bulkBody(await workspace.device(params.id).bulk.cancel(params.bulk)),
      }),
      docs.cancel,
    );

/** What is wrong with each that is no message, by place. Throws `invalid` for what is no list. */
async function checkMessages(messages: unknown): Promise<ReadonlyMap<number, Failure>> {
  const refused = new Map<number, Failure>();
  if (messages === undefined) return refused;
  if (!Array.isArray(messages))
    throw new Failure("invalid", `"messages" takes a list of 1 to ${mostInBulk} messages.`, { field: "messages" });
  for (const [place, message] of messages.slice(0, mostInBulk).entries()) {
    try {
      needKnown(one, message, "a field", `messages.${place}.`);
      if (!isOne.Check(message)) {
        const [mistake] = isOne.Errors(message);
        throw invalidRequest(mistake ? [{ ...mistake, path: `/messages/${place}${mistake.path}` }] : []);
      }
    } catch (error) {
      refused.set(place, asFailure(error));
      if (refused.size >= mostRowRefusals) break;
    }
    if (place % slice === slice - 1) await breathe();
  }
  return refused;
}

type Given = typeof bulkDraft.static;

/** The content with its long files kept. */
type Kept = (content: DraftContent) => Promise<DraftContent>;

/** One thing to many, or many things. Throws `invalid` for both and for neither. */
async function asked(
  { to: many, messages, interval, send_at, max_wait, text, content, ...beside }: Given,
  refused: ReadonlyMap<number, Failure>,
  kept: Kept,
): Promise<BulkDraft> {
  const options = {
    ...(interval === undefined ? {} : { interval }),
    ...(send_at === undefined ? {} : { send_at }),
    ...(max_wait === undefined ? {} : { max_wait }),
  };
  const words = { ...(text === undefined ? {} : { text }), ...(content === undefined ? {} : { content }) };
  if (many && !messages)
    return { ...options, to: many, draft: { ...beside, content: await kept(draftContentOf(words)) } };
  if (!messages)
    throw new Failure("invalid", '"to" is missing: give "to" and what to send, or "messages".', { field: "to" });
  const [stray] = Object.keys({ ...(many ? { to: many } : {}), ...words, ...beside });
  if (stray !== undefined)
    throw new Failure("invalid", `"${stray}" does not go with "messages": each of them has its own.`, { field: stray });
  const drafts: (Draft | Failure)[] = [];
  for (const [place, each] of messages.entries()) {
    drafts.push(refused.get(place) ?? (await draftOf(each, place, kept)));
    if (place % slice === slice - 1) await breathe();
  }
  return { ...options, messages: drafts };
}

async function draftOf(
  given: NonNullable<Given["messages"]>[number],
  place: number,
  kept: Kept,
): Promise<Draft | Failure> {
  try {
    const { text, content, ...draft } = given;
    const words: { text?: string; content?: DraftContent } = {
      ...(text === undefined ? {} : { text }),
      ...(content === undefined ? {} : { content }),
    };
    const made = draftContentOf(words, `messages.${place}.`);
    return { ...draft, content: await kept(made).catch((error: unknown) => refusedAt(error, place)) };
  } catch (error) {
    return asFailure(error);
  }
}

/** What is wrong with a file of it, as a bulk names it. */
function refusedAt(error: unknown, place: number): never {
  throw located(asFailure(error), `messages.${place}`);
}

export const bulkBody = ({ bulk: { id, total, ...bulk }, tally }: BulkReport): Static<typeof docs.report> => ({
  bulk_id: id,
  status: stateOf({ id, total, ...bulk }),
  total,
  counts: tally,
  created_at: unixSeconds(bulk.createdAt),
  done_at: bulk.doneAt === null ? null : unixSeconds(bulk.doneAt),
});
