import { type Static, t } from "elysia";
import { Failure } from "../../core/base/failure.ts";
import type { TargetName } from "../../core/model/content/message-ref.ts";
import type { Device } from "../../core/device/device.ts";

/** Whose a message in an address is, for an id that two people of a chat share. */
export const whose = t.Object({
  sender: t.Optional(
    t.String({ description: "who wrote it, where an id is not enough: a phone number, JID, LID or username" }),
  ),
  from_me: t.Optional(
    t.Union([t.Literal("true"), t.Literal("false")], {
      description: "true: this account's own, where an id is not enough; false: not its own",
    }),
  ),
});

/** Throws `invalid`. */
export async function messageIn(
  device: Pick<Device, "person">,
  id: string,
  { sender, from_me: fromMe }: Static<typeof whose>,
): Promise<TargetName> {
  if (fromMe === "true" && sender !== undefined)
    throw new Failure("invalid", '"sender" does not go with "from_me": leave out one of the two.', { field: "sender" });
  return {
    id,
    ...(sender === undefined ? {} : { sender: await device.person(sender, "sender") }),
    ...(fromMe === undefined ? {} : { from_me: fromMe === "true" }),
  };
}
