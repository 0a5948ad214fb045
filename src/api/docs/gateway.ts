import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

const { 404: _absent, ...shared } = keyed;

export const noGatewayQr = (why: string | null) => ({
  success: false,
  error: `No QR code available. ${why ?? "WhatsApp is connected already."}`,
  code: "not_found",
});
export const generating = { success: true, message: "Generating a new QR code; it comes as qr:generated." };
export const loggedOut = { success: true, message: "Logged out. Generate a QR code to connect again." };

export const status = operation("Whether WhatsApp is connected", shared, {
  200: [
    "The present state",
    {
      success: true,
      status: "connected",
      user: { id: "628123456789@s.whatsapp.net", name: "Toko Budi" },
      reason: "linked",
      unlinked: null,
      message: null,
      timestamp: "2025-11-16T02:18:05.123Z",
    },
  ],
});

export const qr = operation("The QR to scan", shared, {
  200: [
    "The QR as a picture and as its text",
    {
      success: true,
      qrCode: "data:image/png;base64,iVBORw0KGgo…",
      qrString: "https://wa.me/settings/linked_devices#2@abc123…",
      timestamp: "2025-11-16T02:18:05.123Z",
      expiresIn: 60,
      expiresAt: "2025-11-16T02:19:05.123Z",
    },
  ],
  404: ["There is none just now; the sentence says why and what to do", noGatewayQr(null)],
});

export const generate = operation("Restarts the connection for a new QR", shared, {
  200: ["It will come", generating],
  409: [
    "WhatsApp is connected",
    {
      success: false,
      error: "WhatsApp is connected: log out before generating a new QR code.",
      code: "already_connected",
    },
  ],
});

export const send = operation("Sends a text and waits up to 8 seconds for WhatsApp to take it", shared, {
  200: ["WhatsApp has it", { success: true, messageId: "3EB0C767D097E1D5B4A1", timestamp: "2025-11-16T02:18:05.123Z" }],
  202: ["It will be sent", { success: true, messageId: "3EB0C767D097E1D5B4A1", timestamp: "2025-11-16T02:18:05.123Z" }],
  400: [
    "A field is missing or wrong",
    { success: false, error: '"message" is missing: it takes a text of 1 to 65,536 characters.', code: "invalid" },
  ],
  409: [
    "No account is linked yet",
    {
      success: false,
      error: "This device is not linked to WhatsApp yet. Scan its QR code or use a pairing code first.",
      code: "not_linked",
    },
  ],
});

export const logout = operation("Unlinks from WhatsApp and forgets the session", shared, {
  200: ["Logged out", loggedOut],
});
