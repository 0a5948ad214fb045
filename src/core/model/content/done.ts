/** What can be done to a message or a chat, by kind. Each that comes in has an event type of its own. */
export * as reaction from "./reaction.ts";
export * as edit from "./edit.ts";
export * as delete from "./delete.ts";
export * as forward from "./forward.ts";
export * as pin from "./pin.ts";
export * as keep from "./keep.ts";
export * as poll_vote from "./poll-vote.ts";
export * as event_response from "./event-response.ts";
export * as timer from "./timer.ts";
