import { toString } from "qrcode";
import type { Bot } from "../core/bot.ts";
import { is } from "../core/model/events/events.ts";

/**
 * Shows the default device's QR and pairing code in the terminal. Only there: in a log file they would be a way in
 * for whoever reads it.
 */
export function showLinking(bot: Bot): void {
  if (!process.stdout.isTTY) return;
  bot.as({ kind: "admin" }).listen((event) => {
    if (event.device !== "default") return;
    if (is(event, "device.qr")) draw(event.data.qr).catch(() => say("The QR code could not be drawn."));
    if (is(event, "device.pairing_code")) {
      say(`Pairing code: ${event.data.pairing_code} (WhatsApp > Linked devices > Link with phone number instead)`);
    }
    if (is(event, "device.connected")) say("Linked. WhatsApp is connected.");
  });
}

async function draw(qr: string): Promise<void> {
  say(`${await toString(qr, { type: "terminal", small: true })}\nScan with WhatsApp > Linked devices > Link a device.`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
