import type { DraftOf } from "../../model/content/draft.ts";
import { invalid } from "../../model/content/message-ref.ts";
import type { Draft } from "../../model/message/message.ts";

/** The draft of an album. */
export type AlbumDraft = Draft & { content: DraftOf<"album"> };

/** What is said of an album as a whole: whom it answers. Throws `invalid` for what does not go with it. */
export function albumHead({ mentions_everyone: everyone, mentions: _mentions, ...draft }: AlbumDraft): Draft {
  if (everyone) throw invalid("mentions_everyone", "does not go with an album; send it with a message of its own");
  return draft;
}

/** Its files as drafts, each with the mentions that its caption names. */
export function albumFiles({ content, mentions = [], reply_to: _reply, ...draft }: AlbumDraft): Draft[] {
  return content.files.map((file) => {
    const named = mentions.filter((who) => file.caption?.includes(`@${userOf(who)}`));
    return { ...draft, content: file, ...(named.length > 0 ? { mentions: named } : {}) };
  });
}

/** As a text calls somebody behind `@`: by the digits of a number, a JID or a LID. */
const userOf = (who: string): string => (who.split("@")[0] ?? "").replaceAll(/\D/g, "");
