import { t } from "elysia";
import type { Device } from "../core/device/device.ts";
import { Failure } from "../core/base/failure.ts";
import type { Message } from "../core/model/message/message.ts";

/** The body of the two faces that send text only. */
export const textMessage = {
  to: t.String({
    description: 'a phone number with country code ("628123456789"), a username ("@ann.w"), a JID, a LID or a group id',
  }),
  message: t.String({ description: "a text of 1 to 65,536 characters", minLength: 1, maxLength: 65_536 }),
};

/** How long a caller of these faces waits for WhatsApp's answer, milliseconds. */
const patienceMs = 8_000;

/** Sends, and waits for WhatsApp to take it. A message that is not settled in time stays queued. Throws `refused`. */
export async function sendAndWait(device: Device, { to, message }: { to: string; message: string }): Promise<Message> {
  const queued = await device.outbox.send({ to, content: { kind: "text", text: message } });
  const settled = await device.outbox.settled(queued.id, patienceMs);
  if (settled.state === "failed") throw new Failure("refused", settled.error ?? "WhatsApp refused the message.");
  return settled;
}
