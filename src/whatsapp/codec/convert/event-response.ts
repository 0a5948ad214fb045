import type { Carrier, Converter } from "./converter.ts";

/** The answer itself is encrypted with the event's secret: `votes.ts` reads it. */
export const eventResponse: Converter<"event_response"> & Carrier<"event_response"> = {
  read: ({ encEventResponseMessage: response }, { target }) =>
    response
      ? {
          kind: "event_response",
          target: target(response.eventCreationMessageKey),
          response: null,
          extra_guests: 0,
        }
      : null,
  stanza: () => ({ node: { tag: "meta", attrs: { event_type: "response" } } }),
};
