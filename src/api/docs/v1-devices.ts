import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { queueStates } from "../../core/model/offline-queue.ts";
import { proxyOrigins } from "../../core/model/proxy-server.ts";
import { phases, reasons } from "../../core/model/phase.ts";
import { found, operation, toldDone } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf, seconds } from "./parts.ts";

export const stopped = { success: true, message: "Device stopped successfully" } as const;
export const removed = { success: true, message: "Device removed with its session" } as const;
export const loggedOut = { success: true, message: "Device logged out successfully" } as const;

/** What the native API calls phases. */
export const deviceWords = ["disconnected", "connecting", "pairing", "connected", "failed"] as const;
export type DeviceWord = (typeof deviceWords)[number];
const status = oneOf(deviceWords, { title: "DeviceWord", description: "What `phase` comes to, in few words." });
export const phase = oneOf(phases, { title: "Phase", description: "Where the device is in its life." });
export const reason = oneOf(reasons, { title: "PhaseReason", description: "Why it is in its phase." });
const phoneNumber = nullable(
  Type.String({ description: "Digits with country code; null while no account is linked." }),
);

const until = (description: string) =>
  nullable(Type.Integer({ description: `${description} Unix seconds; null when that is not so.` }));
const condition = {
  phone_number: phoneNumber,
  wa_jid: nullable(Type.String({ description: "The account's JID." })),
  status,
  reason,
  last_connect_at: nullable(seconds),
  offline_queue: nullable(
    Type.Object(
      {
        state: oneOf(queueStates),
        announced: Type.Integer({ minimum: 0 }),
        received: Type.Integer({ minimum: 0 }),
        missing: Type.Integer({ minimum: 0 }),
      },
      {
        title: "OfflineQueue",
        description: "What WhatsApp kept while the device was away, in stanzas; null while there is no connection.",
      },
    ),
  ),
  missing_files: Type.Integer({
    minimum: 0,
    description: "Files of history and of the account's state that were announced and are not here yet.",
  }),
  sending: Type.Object(
    {
      locked_until: until("WhatsApp lets the account start no new chats."),
      asking_until: until("Whether it does so is being asked; strangers wait."),
      capped_until: until("The account's new chats of this cycle are used up."),
      restricted_until: until("WhatsApp takes no messages of the account, or delivers none, and is tried again."),
      probing: Type.Boolean({
        description: "The restriction may be over: one message at a time tries whether WhatsApp takes it.",
      }),
      paused_until: until("WhatsApp was asked too much (429): nothing leaves."),
    },
    { title: "SendingHolds", description: "What holds messages back now." },
  ),
  whatsapp_version: nullable(
    Type.Object(
      {
        version: Type.String({ description: "As WhatsApp counts: `2.3000.1043857760`." }),
        checked_at: nullable(
          Type.Integer({ description: "When it was found to be the present one, in Unix seconds; null when never." }),
        ),
        expires_at: until("WhatsApp ends it then."),
        may_be_too_old: Type.Boolean({ description: "Nothing shows that phones still link it." }),
      },
      {
        title: "WhatsAppVersion",
        description: "The WhatsApp Web that the device says it is, or said last; null before its first connection.",
      },
    ),
  ),
  proxy: nullable(
    Type.Object(
      {
        from: oneOf(proxyOrigins, {
          description: "Whose it is: the device's own, the default of its tenant, or that of the server.",
        }),
        address: nullable(
          Type.String({ description: "With `***` for its password; null unless it is the device's own." }),
        ),
        trouble: nullable(Type.String({ description: "Why it lets nothing through just now." })),
      },
      {
        title: "DeviceProxy",
        description: "The proxy that everything of the device leaves by; null: it leaves directly.",
      },
    ),
  ),
  unlinked: nullable(
    Type.Object(
      { reason, phone_number: Type.String(), at: seconds },
      { title: "Unlinked", description: "How the account that was linked last went; null while one is linked." },
    ),
  ),
  message: nullable(Type.String({ description: "What a person has to do; null when nothing." })),
};

export const device = Type.Object(
  {
    device_id: Type.String(),
    label: nullable(Type.String({ description: "A name for people." })),
    device_group: nullable(Type.String({ description: "Of devices that belong together." })),
    ...condition,
    phase,
    since: Type.Integer({ description: "Unix seconds: when this phase began." }),
  },
  { title: "Device" },
);

export const deviceHealth = Type.Object(
  {
    is_connected: Type.Boolean(),
    ...condition,
    uptime: Type.Integer({ minimum: 0, description: "Milliseconds for which it has been connected." }),
  },
  { title: "DeviceHealth" },
);

const connected = failed("The device is linked already");

export const list = operation("listDevices", "List the caller's devices", {
  200: ["All that are meant", found(Type.Array(device))],
});

export const create = operation(
  "createDevice",
  "Make a device",
  {
    201: ["Made; start it to link it", found(device)],
    409: failed("There is one of that id, or the tenant has as many as it may"),
  },
  { description: "Nothing is linked yet: start it, and ask for a QR code or a pairing code." },
);

export const remove = operation("deleteDevice", "Unlink a device from WhatsApp and forget everything of it", {
  200: ["Removed", toldDone],
});

export const one = operation("getDevice", "Get a device", { 200: ["The device", found(device)] });

export const configure = operation(
  "updateDevice",
  "Change what people know a device by, and the proxy that it leaves by",
  { 200: ["The device", found(device)] },
  {
    description:
      "Its id stays, and what is not named. With another proxy the device connects anew through that; the password of a proxy is never shown.",
  },
);

export const startedDevice = Type.Object(
  { device_id: Type.String(), status, message: Type.String() },
  { title: "StartedDevice" },
);
export const start = operation(
  "startDevice",
  "Start a device",
  { 200: ["It is starting", found(startedDevice)] },
  {
    description: "Harmless when it runs.",
  },
);

export const qrCode = Type.Object(
  {
    qr_code: Type.String({ description: "A PNG as a data: URL, for an `<img>`." }),
    qr_string: Type.String({ description: "What the picture says, to be drawn as it is." }),
    expires_at: seconds,
    message: Type.String(),
  },
  { title: "QrCode" },
);
export const qr = operation(
  "requestQrCode",
  "Get the QR code to scan",
  {
    200: ["The QR code as a picture and as its text", found(qrCode)],
    409: connected,
    503: failed("The device is not running, or WhatsApp gave none in time"),
  },
  { description: "Waits a moment for the first one." },
);

export const pairingCode = Type.Object(
  {
    pairing_code: Type.String({ description: "`ABCD-EFGH`." }),
    phone_number: Type.String(),
    expires_at: seconds,
    message: Type.String(),
  },
  { title: "PairingCode" },
);
export const code = operation("requestPairingCode", "Get a pairing code to type on the phone", {
  200: ["The code", found(pairingCode)],
  409: connected,
  422: failed("WhatsApp refuses this number"),
  503: failed("The device is not running, or WhatsApp gave none in time"),
  504: failed("WhatsApp did not answer"),
});

export const qrLink = Type.Object({ url: Type.String({ format: "uri" }), expires_at: seconds }, { title: "QrLink" });
export const link = operation(
  "createQrLink",
  "Make a link to a page that shows the QR code",
  { 200: ["The link; good for `lifetime` seconds (600), until a restart at the latest", found(qrLink)] },
  { description: "For whoever has no key. The page may stand in a frame of yours." },
);

export const health = operation("getDeviceHealth", "Tell whether a device is connected, and since when", {
  200: ["Its health", found(deviceHealth)],
});

export const stop = operation("stopDevice", "Stop a device; the session is kept", { 200: ["Stopped", toldDone] });

export const logout = operation("logoutDevice", "Unlink a device from WhatsApp and forget its session", {
  200: ["Logged out", toldDone],
});
