import { type Answers, operation } from "./answers.ts";

/** The document's own words where they are true, else what is. */
export const noQr = (why: string | null) => ({
  success: false,
  error: `No QR code available. ${why ?? "Bot might already be connected."}`,
});
const noQrYet = {
  success: false,
  error:
    "No QR code available. No WhatsApp account is linked. The QR code comes in a moment: GET /connection/qr shows it.",
};
export const noCode = {
  success: false,
  error:
    "No pairing code available. Start server with pairing mode enabled, or ask for one with POST /connection/pairing.",
};
export const disconnected = {
  success: true,
  message: "Disconnected successfully. Scan QR or use pairing code to reconnect.",
};

const noKey: Answers = {
  403: ["No key or an unknown one", { success: false, error: "Invalid API key.", code: "unauthorized" }],
};

const validity = {
  timestamp: "2025-12-27T05:00:00.000Z",
  expiresIn: "60 seconds",
  expiresAt: "2025-12-27T05:01:00.000Z",
};
const codeExample = { pairingCode: "ABCD-EFGH", phoneNumber: "628123456789", ...validity };

export const status = operation("Whether the bot is connected", noKey, {
  200: [
    "The present state",
    {
      success: true,
      data: {
        isConnected: false,
        hasQRCode: true,
        hasPairingCode: false,
        phoneNumber: null,
        lastQRUpdate: "2025-12-27T05:00:00.000Z",
        lastPairingUpdate: null,
        reason: "scan_needed",
        unlinked: { reason: "revoked", phoneNumber: "628123456789", at: "2025-12-27T04:59:58.000Z" },
        message:
          "The phone (…6789) removed this device from its linked devices. A QR code waits to be scanned: GET /connection/qr shows it, POST /connection/pairing gives a pairing code.",
      },
    },
  ],
});

export const qr = operation(
  "The QR to scan: as JSON, or as a picture by `Accept: image/png` or `image/svg+xml`",
  noKey,
  {
    200: [
      "The QR's text, to be drawn as it is",
      { success: true, data: { qrCode: "https://wa.me/settings/linked_devices#2@WsYov…", ...validity } },
    ],
    404: ["There is none just now; the sentence says why and what to do", noQrYet],
  },
);

export const newCode = operation("Asks WhatsApp for a pairing code, at once and without a restart", noKey, {
  200: [
    "The code to type on the phone",
    {
      success: true,
      message: "Pairing code created. No restart is needed.",
      instruction:
        "On the phone: WhatsApp > Linked devices > Link a device > Link with phone number instead, then enter ABCD-EFGH.",
      data: codeExample,
    },
  ],
  400: [
    "The number is missing or is none",
    {
      success: false,
      error: '"phoneNumber" is missing: it takes digits with country code, e.g. "628123456789".',
      code: "invalid",
    },
  ],
  409: [
    "The bot is linked already",
    {
      success: false,
      error: "This device is linked already; log it out first.",
      code: "already_connected",
    },
  ],
  422: [
    "WhatsApp refuses this number",
    {
      success: false,
      error:
        "WhatsApp gives no pairing code for this number (404). Check that it is the number of a phone with WhatsApp.",
      code: "refused",
    },
  ],
});

export const code = operation("The pairing code that is valid just now", noKey, {
  200: ["The code to type on the phone", { success: true, data: codeExample }],
  404: ["There is none just now", noCode],
});

export const disconnect = operation("Logs out, forgets the session and offers a new QR", noKey, {
  200: ["Logged out", disconnected],
});
