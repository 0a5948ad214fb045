import type { Device } from "../core/device/device.ts";
import type { DeviceStatus } from "../core/model/device-status.ts";
import { type BotEvent, type EventData, is } from "../core/model/events/events.ts";
import type { Phase } from "../core/model/phase.ts";
import { Failure } from "../core/base/failure.ts";
import { absent, statusBody } from "./gateway.ts";
import { iso } from "./moment.ts";
import { qrDataUrl } from "./picture.ts";
import type { Phrase, SocketFace } from "./visitor.ts";

/** The live half of the gateway face: everybody hears the device named `default`. */
export const gatewaySocket: SocketFace = {
  name: "gateway",
  async welcome(visitor) {
    try {
      await visitor.join("default");
    } catch (error) {
      // A key that may not read: this face has nothing to say to it.
      if (!(error instanceof Failure)) throw error;
    }
  },
  absent: (clock) => [["connection:status", statusBody(absent, clock.now())]],
  async present(status, clock) {
    return [["connection:status", statusBody(status, clock.now())], ...(await qrPhrase(status))];
  },
  async phrases(event, device, clock) {
    const phrase = await messagePhrase(event, device);
    if (phrase) return [phrase];
    const status = device.status();
    /** The device may have moved on since: the event is told as it was. */
    const told = (phase: Phase): Phrase => ["connection:status", statusBody({ ...status, phase }, clock.now())];
    // Who came in while the device dialled has "connecting" on the page until it is told that there is something to scan.
    if (is(event, "device.qr")) return [told("pairing"), ...(await qrPhrase(status))];
    if (is(event, "device.paired")) return [told("starting")];
    if (is(event, "device.connected"))
      return [
        ["whatsapp:connected", { user: { id: event.data.jid, name: event.data.name ?? "" } }],
        told(status.phase),
      ];
    if (is(event, "device.logged_out")) return [["whatsapp:disconnected", {}], told("logged_out")];
    if (is(event, "device.disconnected")) return [["whatsapp:disconnected", {}], told(status.phase)];
    if (is(event, "device.updated") || is(event, "device.passkey_required")) return [told(status.phase)];
    return [];
  },
};

async function qrPhrase({ qr }: DeviceStatus): Promise<Phrase[]> {
  if (!qr) return [];
  return [["qr:generated", { qrCode: await qrDataUrl(qr.qr), qrString: qr.qr, timestamp: iso(qr.issuedAt) }]];
}

async function messagePhrase(event: BotEvent, device: Device): Promise<Phrase | null> {
  const { timestamp, seq } = event;
  if (is(event, "message.received")) {
    const { data } = event;
    return ["message:received", { from: addressOf(data), text: textOf(data.content), message: data, timestamp, seq }];
  }
  if (is(event, "message.sent"))
    return [
      "message:sent",
      { to: event.data.chat, message: textOf(event.data.content), success: true, timestamp, seq },
    ];
  if (is(event, "message.failed")) {
    const { content } = await device.outbox.message(event.data.message_id);
    const { chat: to, error } = event.data;
    return ["message:sent", { to, message: textOf(content), success: false, error, timestamp, seq }];
  }
  return null;
}

/** Where an answer goes. Clients of this face know people by their numbers, whatever name WhatsApp uses. */
function addressOf({ chat, chat_phone: phone }: EventData<"message.received">): string {
  return phone === null ? chat : `${phone}@s.whatsapp.net`;
}

const textOf = (content: { text?: string } | object) => ("text" in content && content.text) || "";
