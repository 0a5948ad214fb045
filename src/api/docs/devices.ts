import { type Answers, operation } from "./answers.ts";

const error = (error: string, code: string) => ({ status: "error", error, code });

const shared: Answers = {
  401: ["No key or an unknown one", error("Invalid API key.", "unauthorized")],
  403: ["The key may not do this", error('This key lacks the scope "manage".', "forbidden")],
};
const absent: Answers = {
  404: ["Absent, or somebody else's", error("Device not found or access denied", "not_found")],
};
const waiting = {
  status: "waiting_for_scan",
  qrCode: "data:image/png;base64,iVBORw0KGgo…",
  lastUpdate: "2025-11-16T02:18:05.123Z",
  reason: "scan_needed",
  unlinked: null,
  message: "No WhatsApp account is linked. A QR code waits to be scanned: GET /api/devices/device2/status shows it.",
};

export const removed = (id: string) => ({
  status: "removed",
  device: id,
  message: `Device ${id} and all associated session files have been removed.`,
});

export const list = operation("The caller's devices, by id", shared, {
  200: [
    "All of them",
    {
      device1: {
        status: "connected",
        qrCode: null,
        lastUpdate: "2025-11-16T02:20:00.000Z",
        reason: "linked",
        unlinked: null,
        message: null,
      },
      device2: waiting,
    },
  ],
});

export const start = operation("Makes a device if there is none of that name, and starts it", shared, {
  200: ["The present state", { status: "starting", device: "myphone" }],
  400: ["Not an id", error('A device id takes 1 to 64 letters, digits, _ and -, e.g. "shop-1".', "invalid")],
  409: [
    "As many devices as the tenant may have",
    error("This tenant has as many devices as it may have; remove one or ask for a higher limit.", "limit_reached"),
  ],
});

export const status = operation("The state of a device, with the QR while it waits for the scan", shared, {
  200: ["The state", waiting],
  ...absent,
});

export const send = operation("Sends a text and waits up to 8 seconds for WhatsApp to take it", shared, {
  200: ["WhatsApp has it", { status: "sent", device: "customer1", messageId: "3EB0C767D097E1D5B4A1" }],
  202: ["It will be sent", { status: "queued", device: "customer1", messageId: "3EB0C767D097E1D5B4A1" }],
  400: [
    "A field is missing or wrong",
    error('"message" is missing: it takes a text of 1 to 65,536 characters.', "invalid"),
  ],
  ...absent,
  409: [
    "The device has no account yet",
    error("This device is not linked to WhatsApp yet. Scan its QR code or use a pairing code first.", "not_linked"),
  ],
});

export const remove = operation("Unlinks a device and forgets everything of it", shared, {
  200: ["Removed", removed("customer1")],
  ...absent,
});
