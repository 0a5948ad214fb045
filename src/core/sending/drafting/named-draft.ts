import type { DraftContent, TargetDraft } from "../../model/content/draft.ts";
import type { Draft } from "../../model/message/message.ts";
import { isUsername, usernameRef } from "../../model/username.ts";

/** Resolves to the JID of whoever goes by a username. Throws what is wrong with it, naming the field. */
type JidOf = (username: string, field: string) => Promise<string>;

/** The same draft, in which nobody is named by username: their JIDs stand there, and the words mention them so. */
export async function namedDraft(draft: Draft, jidOf: JidOf): Promise<Draft> {
  const { reply_to: reply, mentions, audience, ...others } = draft;
  let content = await namedContent(draft.content, jidOf);
  const called: string[] = [];
  for (const [place, one] of (mentions ?? []).entries()) {
    const field = `mentions.${place}`;
    const { username = null } = usernameRef(one, field) ?? {};
    const jid = username === null ? one : await jidOf(one, field);
    if (username !== null) content = renamed(content, username, jid);
    called.push(jid);
  }
  return {
    ...others,
    content,
    ...(isUsername(draft.to) ? { to: await jidOf(draft.to, "to") } : {}),
    ...(reply === undefined ? {} : { reply_to: await namedTarget(reply, "reply_to", jidOf) }),
    ...(mentions === undefined ? {} : { mentions: called }),
    ...(audience === undefined ? {} : { audience: await namedPeople(audience, "audience", jidOf) }),
  };
}

async function namedPeople(who: readonly string[], field: string, jidOf: JidOf): Promise<string[]> {
  const jids: string[] = [];
  for (const [place, one] of who.entries()) jids.push(isUsername(one) ? await jidOf(one, `${field}.${place}`) : one);
  return jids;
}

async function namedTarget(target: TargetDraft, field: string, jidOf: JidOf): Promise<TargetDraft> {
  if (typeof target === "string" || target.sender === undefined || !isUsername(target.sender)) return target;
  return { ...target, sender: await jidOf(target.sender, `${field}.sender`) };
}

async function namedContent(content: DraftContent, jidOf: JidOf): Promise<DraftContent> {
  const aimed =
    "target" in content ? { ...content, target: await namedTarget(content.target, "content.target", jidOf) } : content;
  if (aimed.kind !== "forward" || aimed.chat === undefined || !isUsername(aimed.chat)) return aimed;
  return { ...aimed, chat: await jidOf(aimed.chat, "content.chat") };
}

/** Fields in which words stand. */
const worded = ["text", "caption", "question"] as const;

/** The content whose words say `@` and the first part of the JID where they said `@` and the username. */
function renamed(content: DraftContent, username: string, jid: string): DraftContent {
  const pattern = new RegExp(`@${RegExp.escape(username)}(?!\\.?\\w)`, "gi");
  const say = (words: string) => words.replaceAll(pattern, `@${jid.split("@")[0] ?? ""}`);
  const given: Record<string, unknown> = { ...content };
  for (const field of worded) {
    const words = given[field];
    if (typeof words === "string") given[field] = say(words);
  }
  const { options } = given;
  if (Array.isArray(options))
    given["options"] = options.map((option: unknown) => (typeof option === "string" ? say(option) : option));
  return given as DraftContent;
}
