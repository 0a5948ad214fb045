import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { file, found, operation, toldDone } from "./answers.ts";
import { connectionFailure } from "./failure.ts";
import { moment } from "./parts.ts";
import { reason } from "./v1-devices.ts";

/** The document's own words where they are true, else what is. */
export const noQr = (why: string | null) =>
  ({ success: false, error: `No QR code available. ${why ?? "Bot might already be connected."}` }) as const;
export const noCode = {
  success: false,
  error:
    "No pairing code available. Start server with pairing mode enabled, or ask for one with POST /connection/pairing.",
} as const;
export const disconnected = {
  success: true,
  message: "Disconnected successfully. Scan QR or use pairing code to reconnect.",
} as const;

const failed = (meaning: string) => [meaning, connectionFailure] as const;
const validity = { timestamp: moment, expiresIn: Type.String({ description: "`60 seconds`." }), expiresAt: moment };
/** How a device lost its account, in camelCase. */
export const unlinked = nullable(
  Type.Object({ reason, phoneNumber: Type.String(), at: moment }, { title: "UnlinkedAccount" }),
);

export const connectionStatus = Type.Object(
  {
    isConnected: Type.Boolean(),
    hasQRCode: Type.Boolean(),
    hasPairingCode: Type.Boolean(),
    phoneNumber: nullable(Type.String()),
    lastQRUpdate: nullable(moment),
    lastPairingUpdate: nullable(moment),
    reason,
    unlinked,
    message: nullable(Type.String({ description: "What a person has to do." })),
  },
  { title: "ConnectionStatus" },
);
const shownQr = Type.Object(
  { qrCode: Type.String({ description: "The QR code's text, to be drawn as it is." }), ...validity },
  { title: "ConnectionQr" },
);
export const shownCode = Type.Object(
  { pairingCode: Type.String(), phoneNumber: Type.String(), ...validity },
  { title: "ConnectionPairingCode" },
);

export const status = operation("connectionStatus", "Tell whether the bot is connected", {
  200: ["The present state", found(connectionStatus)],
});

export const qr = operation(
  "connectionQr",
  "Get the QR code to scan",
  {
    200: [
      "The QR code's text, or a picture",
      { byType: { "application/json": found(shownQr), ...file("image/png", "image/svg+xml").byType } },
    ],
    404: failed("There is none just now; the sentence says why and what to do"),
    409: failed("WhatsApp wants a passkey first"),
  },
  { description: "As JSON, or as a picture by `Accept: image/png` or `image/svg+xml`." },
);

const made = Type.Object({
  success: Type.Literal(true),
  message: Type.String(),
  instruction: Type.String(),
  data: shownCode,
});
export const newCode = operation(
  "connectionNewPairingCode",
  "Ask WhatsApp for a pairing code, at once and without a restart",
  {
    200: ["The code to type on the phone", made],
    409: failed("The bot is linked already"),
    422: failed("WhatsApp refuses this number"),
    504: failed("WhatsApp did not answer"),
  },
);

export const code = operation("connectionPairingCode", "Get the pairing code that is valid just now", {
  200: ["The code to type on the phone", found(shownCode)],
  404: failed("There is none just now"),
  409: failed("WhatsApp wants a passkey first"),
});

export const disconnect = operation("connectionDisconnect", "Log out, forget the session and offer a new QR code", {
  200: ["Logged out", toldDone],
});
