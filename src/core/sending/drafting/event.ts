import { invalid } from "../../model/content/aim.ts";
import type { ContentOf } from "../../model/content/content.ts";
import type { DraftOf } from "../../model/content/draft.ts";

/** Throws `invalid`. */
export function event({
  cancelled = false,
  extra_guests: guests = false,
  ...draft
}: DraftOf<"event">): ContentOf<"event"> {
  if (draft.end_at !== undefined && draft.end_at <= draft.start_at)
    throw invalid("content.end_at", "takes a time after start_at");
  const { latitude, longitude } = draft.place ?? {};
  if ((latitude === undefined) !== (longitude === undefined))
    throw invalid("content.place", "takes latitude and longitude, or neither");
  return { ...draft, cancelled, extra_guests: guests };
}
