import { type DraftLookups, invalid, replyTo } from "../../model/content/message-ref.ts";
import { type Action, isAction } from "../../model/content/action.ts";
import { type Context, saidThatCan } from "../../model/content/content.ts";
import { enumerated } from "../../model/content/kind.ts";
import type { DraftContext } from "../../model/content/draft.ts";
import type { SentContent } from "../../model/content/sent.ts";
import { isGroupJid, isPersonJid, recipient, statusChat } from "../../model/recipient.ts";

/** What a message says beside its content. Throws `invalid` for what does not go with it. */
export async function messageContextOf(
  given: DraftContext,
  content: SentContent,
  lookups: DraftLookups,
): Promise<Context> {
  if (isAction(content)) return actionContext(given, content, lookups);
  const { reply_to: reply, mentions, mentions_everyone: everyone, view_once: once, expires_in: expires } = given;
  if (everyone && !isGroupJid(lookups.chat)) throw invalid("mentions_everyone", "is for groups; leave it out here");
  const shy = saidThatCan("seen_once");
  if (once && !shy.includes(content.kind)) throw invalid("view_once", `is for ${enumerated(shy)}; leave it out here`);
  return {
    ...(reply === undefined ? {} : { reply_to: await replyTo(reply, lookups) }),
    ...(mentions?.length ? { mentions: people(mentions, "mentions") } : {}),
    ...(everyone ? { mentions_everyone: true } : {}),
    ...(once ? { view_once: true } : {}),
    ...(expires === undefined ? {} : { expires_in: expires }),
    ...audienceOf(given, lookups),
  };
}

/** Beside an action stands nothing, but whom a status post that it speaks of was for. */
async function actionContext(
  { audience, ...given }: DraftContext,
  action: Action,
  lookups: DraftLookups,
): Promise<Context> {
  const { mentions, mentions_everyone: everyone, ...others } = given;
  const isEdit = action.kind === "edit";
  const [stray] = Object.keys(isEdit ? others : given);
  if (stray !== undefined) throw invalid(stray, `goes with something said; leave it out of a ${action.kind}`);
  if (everyone && !isGroupJid(lookups.chat)) throw invalid("mentions_everyone", "is for groups; leave it out here");
  const before = "target" in action ? await lookups.find(lookups.chat, action.target) : null;
  const seen = lookups.chat === statusChat ? (before?.context.audience ?? []) : [];
  return {
    ...(isEdit ? mentionsOf(action, { mentions, everyone }, before?.context) : {}),
    ...audienceOf({ audience: audience ?? seen }, lookups),
  };
}

interface AskedMentions {
  mentions: readonly string[] | undefined;
  everyone: boolean | undefined;
}

/** Whom an edit mentions: as the caller says, else those of the first words whom the new ones still name. */
function mentionsOf(
  { content }: Extract<Action, { kind: "edit" }>,
  { mentions, everyone }: AskedMentions,
  before: Context | undefined,
): Context {
  const said = content ?? { kind: "text", text: "" };
  const words = "text" in said ? said.text : "caption" in said ? (said.caption ?? "") : "";
  const kept = (before?.mentions ?? []).filter((jid) => isNamed(words, jid));
  const all = mentions === undefined ? kept : people(mentions, "mentions");
  const isForAll = everyone ?? (mentions === undefined && before?.mentions_everyone === true);
  return { ...(all.length > 0 ? { mentions: all } : {}), ...(isForAll ? { mentions_everyone: true } : {}) };
}

const isNamed = (words: string, jid: string): boolean => new RegExp(`@${jid.split("@")[0] ?? ""}(?!\\d)`).test(words);

function audienceOf(
  { audience = [] }: Pick<DraftContext, "audience">,
  { chat }: DraftLookups,
): Pick<Context, "audience"> {
  if (chat !== statusChat) {
    if (audience.length > 0) throw invalid("audience", "is for status posts; leave it out here");
    return {};
  }
  if (audience.length === 0) throw invalid("audience", "is missing: a status post takes the people who may see it");
  return { audience: people(audience, "audience") };
}

/** People by their JIDs, each once. Throws `invalid`. */
function people(who: readonly string[], field: string): string[] {
  const jids = who.map((one) => jidOf(one));
  if (!jids.every((jid) => jid !== null && isPersonJid(jid)))
    throw invalid(field, 'takes phone numbers with country code ("628123456789"), JIDs or LIDs of people');
  return [...new Set(jids.filter((jid) => jid !== null))];
}

function jidOf(who: string): string | null {
  try {
    return recipient(who);
  } catch {
    return null;
  }
}
