import type { Carrier, Converter } from "./converter.ts";

/** What is chosen is encrypted with the poll's secret: `votes.ts` reads it, once the poll is found. */
export const pollVote: Converter<"poll_vote"> & Carrier<"poll_vote"> = {
  read: ({ pollUpdateMessage: vote }, { target }) =>
    vote ? { kind: "poll_vote", target: target(vote.pollCreationMessageKey), options: null } : null,
  stanza: () => ({ node: { tag: "meta", attrs: { polltype: "vote" } } }),
};
