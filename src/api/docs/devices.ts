import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { messageStates } from "../../core/model/message/message.ts";
import { operation } from "./answers.ts";
import { unlinked } from "./connection.ts";
import { devicesFailure } from "./failure.ts";
import { moment, oneOf } from "./parts.ts";
import { reason } from "./v1-devices.ts";

const failed = (meaning: string) => [meaning, devicesFailure] as const;
const word = oneOf(["starting", "waiting_for_scan", "connecting", "connected", "reconnecting", "disconnected"]);
const device = Type.String({ description: "Its id." });

export const deviceState = Type.Object(
  {
    status: word,
    qrCode: nullable(Type.String({ description: "A PNG as a data: URL, while it waits for the scan." })),
    lastUpdate: nullable(moment),
    reason,
    unlinked,
    message: nullable(Type.String({ description: "What a person has to do." })),
    error: Type.Optional(Type.String()),
  },
  { title: "DeviceState" },
);
export const removed = (id: string) =>
  ({
    status: "removed",
    device: id,
    message: `Device ${id} and all associated session files have been removed.`,
  }) as const;

export const list = operation("deviceStates", "List the caller's devices, by id", {
  200: ["All of them", Type.Record(Type.String(), deviceState)],
});

export const start = operation("deviceStart", "Make a device if there is none of that name, and start it", {
  200: ["The present state", Type.Object({ status: word, device })],
  400: failed("Not an id"),
  409: failed("As many devices as the tenant may have"),
});

export const status = operation("deviceState", "Get the state of a device, with the QR while it waits for the scan", {
  200: ["The state", deviceState],
});

const sent = Type.Object({ status: oneOf(messageStates), device, messageId: Type.String() });
export const send = operation("deviceSend", "Send a text and wait up to 8 seconds for WhatsApp to take it", {
  200: ["WhatsApp has it", sent],
  202: ["It will be sent", sent],
  409: failed("The device has no account yet"),
  422: failed("WhatsApp refused the message"),
});

export const remove = operation("deviceRemove", "Unlink a device and forget everything of it", {
  200: ["Removed", Type.Object({ status: Type.Literal("removed"), device, message: Type.String() })],
});
