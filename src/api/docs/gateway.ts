import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { operation, toldDone } from "./answers.ts";
import { unlinked } from "./connection.ts";
import { failed } from "./failure.ts";
import { moment, oneOf } from "./parts.ts";
import { reason } from "./v1-devices.ts";

export const noGatewayQr = (why: string | null) =>
  ({
    success: false,
    error: `No QR code available. ${why ?? "WhatsApp is connected already."}`,
    code: "not_found",
  }) as const;
export const generating = { success: true, message: "Generating a new QR code; it comes as qr:generated." } as const;
export const loggedOut = { success: true, message: "Logged out. Generate a QR code to connect again." } as const;

const success = Type.Literal(true);
export const gatewayStatus = Type.Object({
  status: oneOf(["connected", "connecting", "disconnected"]),
  user: Type.Optional(Type.Object({ id: Type.String(), name: Type.String() })),
  reason,
  unlinked,
  message: nullable(Type.String({ description: "What a person has to do." })),
  timestamp: moment,
});

export const status = operation("gatewayStatus", "Tell whether WhatsApp is connected", {
  200: ["The present state", Type.Object({ success, ...gatewayStatus.properties }, { title: "GatewayStatus" })],
});

const shownQr = Type.Object(
  {
    success,
    qrCode: Type.String({ description: "A PNG as a data: URL." }),
    qrString: Type.String({ description: "What the picture says." }),
    timestamp: moment,
    expiresIn: Type.Integer({ minimum: 0, description: "Seconds." }),
    expiresAt: moment,
  },
  { title: "GatewayQr" },
);
export const qr = operation("gatewayQr", "Get the QR code to scan", {
  200: ["The QR code as a picture and as its text", shownQr],
  404: failed("There is none just now; the sentence says why and what to do"),
  409: failed("WhatsApp wants a passkey first"),
});

export const generate = operation("gatewayNewQr", "Restart the connection for a new QR code", {
  200: ["It will come", toldDone],
  409: failed("WhatsApp is connected, or as many devices are there as may be"),
});

const sent = Type.Object({ success, messageId: Type.String(), timestamp: moment });
export const send = operation("gatewaySend", "Send a text and wait up to 8 seconds for WhatsApp to take it", {
  200: ["WhatsApp has it", sent],
  202: ["It will be sent", sent],
  409: failed("No account is linked yet"),
  422: failed("WhatsApp refused the message"),
});

export const logout = operation("gatewayLogout", "Unlink from WhatsApp and forget the session", {
  200: ["Logged out", toldDone],
});
