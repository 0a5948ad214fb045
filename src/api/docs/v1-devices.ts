import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

export const stopped = { success: true, message: "Device stopped successfully" };
export const loggedOut = { success: true, message: "Device logged out successfully" };

const device = {
  device_id: "device_xyz789abc123",
  label: "Customer Service",
  phone_number: "628123456789",
  wa_jid: "628123456789@s.whatsapp.net",
  status: "connected",
  phase: "connected",
  reason: "linked",
  since: 1703145670,
  last_connect_at: 1703145670,
  offline_queue: null as object | null,
  missing_files: 0,
  unlinked: null,
  message: null,
};
const removed = {
  ...device,
  phone_number: null,
  wa_jid: null,
  status: "disconnected",
  phase: "logged_out",
  reason: "revoked",
  unlinked: { reason: "revoked", phone_number: "628123456789", at: 1703145670 },
  message:
    "The phone (…6789) removed this device from its linked devices. To link it: POST /v1/devices/device_xyz789abc123/pairing/qr makes a QR code, POST /v1/devices/device_xyz789abc123/pairing/code gives a pairing code.",
};
const connected = {
  success: false,
  error: "This device is connected already; log it out to link another account.",
  code: "already_connected",
};

export const list = operation("The caller's devices", keyed, {
  200: ["All of them", { success: true, data: [device] }],
});

export const one = operation(
  "One device; `message` says what a person must do, `unlinked` how it lost its account",
  keyed,
  {
    200: ["The device, here one that its phone removed", { success: true, data: removed }],
  },
);

export const rename = operation("Changes what people know a device by; its id stays", keyed, {
  200: ["The device", { success: true, data: device }],
  400: [
    "Not a label",
    {
      success: false,
      error: '"label" takes up to 100 characters, and no control characters.',
      code: "invalid",
    },
  ],
});

export const start = operation("Starts a device; harmless when it runs", keyed, {
  200: [
    "It is starting",
    {
      success: true,
      data: {
        device_id: "device_xyz789abc123",
        status: "connecting",
        message: "Device started. Request QR code or pairing code to connect.",
      },
    },
  ],
});

export const qr = operation("The QR to scan; waits a moment for the first", keyed, {
  200: [
    "The QR as a picture and as its text",
    {
      success: true,
      data: {
        qr_code: "data:image/png;base64,iVBORw0KGgo…",
        qr_string: "https://wa.me/settings/linked_devices#2@abc123…",
        expires_at: 1703145660,
        message: "Scan the QR code with WhatsApp on your smartphone",
      },
    },
  ],
  409: ["The device is linked already", connected],
  503: [
    "The device is not running, or WhatsApp gave none in time",
    {
      success: false,
      error: "No QR code available yet: WhatsApp has not answered. Try again in a few seconds.",
      code: "unavailable",
    },
  ],
});

export const code = operation("A pairing code to type on the phone", keyed, {
  200: [
    "The code",
    {
      success: true,
      data: {
        pairing_code: "ABCD-EFGH",
        phone_number: "628123456789",
        expires_at: 1703145660,
        message: "Masukkan pairing code ini di WhatsApp > Linked Devices",
      },
    },
  ],
  400: [
    "The number is missing or is none",
    {
      success: false,
      error:
        'Invalid phone number format: phone_number takes digits with country code, without spaces or a leading 0, e.g. "628123456789".',
      code: "invalid",
    },
  ],
  409: ["The device is linked already", connected],
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

export const link = operation(
  "A link to a page that shows the QR, for whoever has no key; it may stand in a frame of your page",
  keyed,
  {
    200: [
      "The link; good for `lifetime` seconds (600), until a restart at the latest",
      {
        success: true,
        data: { url: "https://bot.example.com/connection/qr?link=WyJkZWZ…", expires_at: 1703146260 },
      },
    ],
    400: ["The lifetime is none", { success: false, error: '"lifetime" takes 60 to 3600 seconds.', code: "invalid" }],
  },
);

export const health = operation("Whether a device is connected, and since when", keyed, {
  200: [
    "Its health; `uptime` in milliseconds",
    {
      success: true,
      data: {
        is_connected: true,
        status: "connected",
        reason: "linked",
        wa_jid: "628123456789@s.whatsapp.net",
        phone_number: "628123456789",
        last_connect_at: 1703145670,
        offline_queue: { state: "complete", announced: 312, received: 312 },
        missing_files: 0,
        unlinked: null,
        message: null,
        uptime: 15000,
      },
    },
  ],
});

export const stop = operation("Stops a device; the session is kept", keyed, { 200: ["Stopped", stopped] });

export const logout = operation("Unlinks a device from WhatsApp and forgets its session", keyed, {
  200: ["Logged out", loggedOut],
});
