import type { proto } from "@whiskeysockets/baileys";
import type { WebMessage } from "../definition/web-message.ts";
import type { Carrier, Converter, Writer } from "./converter.ts";
import { natural, only, some } from "./fields.ts";
import { pointOf } from "./point.ts";

export const event: Converter<"event"> & Writer<"event"> & Carrier<"event"> = {
  read({ eventMessage: event, eventInviteMessage: invite, scheduledCallCreationMessage: call }) {
    if (invite) return invitation(invite);
    if (call) {
      const at = Math.floor(natural(call.scheduledTimestampMs) / 1_000) || null;
      return { kind: "event", name: call.title ?? "", start_at: at, cancelled: false, extra_guests: false };
    }
    if (!event) return null;
    const { name, description, joinLink, location } = event;
    return {
      kind: "event",
      name: name ?? "",
      start_at: natural(event.startTime) || null,
      ...only({ description, end_at: some(event.endTime), join_link: joinLink, place: location && placeOf(location) }),
      cancelled: event.isCanceled ?? false,
      extra_guests: event.extraGuestsAllowed ?? false,
    };
  },
  write(content, { secret }) {
    const { name, description, start_at: start, end_at: end, place, join_link: joinLink } = content;
    return {
      messageContextInfo: { messageSecret: secret },
      eventMessage: {
        name,
        ...only({ description, startTime: start, endTime: end, joinLink, location: place && locationOf(place) }),
        isCanceled: content.cancelled,
        extraGuestsAllowed: content.extra_guests,
      },
    };
  },
  stanza: () => ({ node: { tag: "meta", attrs: { event_type: "creation" } } }),
};

/** An invitation says less than the event it is for. */
function invitation(invite: NonNullable<WebMessage["eventInviteMessage"]>) {
  const { eventTitle, startTime, endTime, callLink, caption, isCanceled } = invite;
  return {
    kind: "event" as const,
    name: eventTitle ?? "",
    start_at: natural(startTime) || null,
    ...only({ description: caption, end_at: some(endTime), join_link: callLink }),
    cancelled: isCanceled ?? false,
    extra_guests: false,
  };
}

/** A place may have a name and no point. */
function placeOf(location: proto.Message.ILocationMessage) {
  const { latitude, longitude } = pointOf(location);
  const point = latitude === 0 && longitude === 0 ? {} : { latitude, longitude };
  return { ...point, ...only({ name: location.name, address: location.address }) };
}

function locationOf({
  latitude,
  longitude,
  name,
  address,
}: Partial<Record<"name" | "address", string>> & { latitude?: number; longitude?: number }) {
  return only({ degreesLatitude: latitude, degreesLongitude: longitude, name, address });
}
