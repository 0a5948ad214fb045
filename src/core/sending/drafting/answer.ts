import { asTarget, type Desk, invalid, known } from "../../model/content/aim.ts";
import type { ActionOf } from "../../model/content/action.ts";
import type { DraftOf } from "../../model/content/draft.ts";
import { Failure } from "../../base/failure.ts";

/** Throws `not_found`, `invalid`. */
export async function pollVote({ target, options }: DraftOf<"poll_vote">, desk: Desk): Promise<ActionOf<"poll_vote">> {
  const poll = await known(target, desk, "poll");
  const { options: answers, selectable } = poll.content;
  if (options.some((option) => !answers.includes(option)))
    throw invalid("content.options", `takes answers of this poll: ${answers.join(", ")}`);
  const most = selectable || answers.length;
  const chosen = [...new Set(options)];
  if (chosen.length > most) throw invalid("content.options", `takes at most ${most} of this poll's answers`);
  return { kind: "poll_vote", target: asTarget(poll), options: chosen };
}

/** Throws `not_found`, `invalid`, `conflict`. */
export async function eventResponse(
  { target, response, extra_guests: guests = 0 }: DraftOf<"event_response">,
  desk: Desk,
): Promise<ActionOf<"event_response">> {
  const event = await known(target, desk, "event");
  const { cancelled, extra_guests: more } = event.content;
  if (cancelled) throw new Failure("conflict", "This event was called off.", { field: "content.target" });
  if (guests > 0 && !more) throw invalid("content.extra_guests", "is for events that guests may bring somebody to");
  return { kind: "event_response", target: asTarget(event), response, extra_guests: guests };
}
