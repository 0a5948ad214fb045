import { Failure } from "../../core/base/failure.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import { is } from "../../core/model/events/events.ts";
import { print } from "../base/command.ts";
import { stopRequested } from "../base/run-bot.ts";
import type { RunningBot } from "../base/running-bot.ts";

/**
 * Shows what links a device until its phone did it, the device gives up, or Ctrl-C. Throws `already_connected`,
 * `unavailable` when the device does not get linked.
 */
export async function linkDevice(bot: RunningBot, id: string, number: string | undefined): Promise<void> {
  await needDevice(bot, id);
  const over = new AbortController();
  const path = `/v1/devices/${encodeURIComponent(id)}`;
  // Heard before it is asked for: the first code may come at once.
  const events = await bot.follow(`/v1/events?types=device.*&devices=${encodeURIComponent(id)}`, over.signal);
  stopRequested().then(
    () => over.abort(),
    () => {},
  );
  try {
    const shown = await ask(bot, path, number);
    await show(shown);
    for await (const line of events) {
      const event = JSON.parse(line) as BotEvent;
      if (is(event, "device.connected")) return print("Linked. WhatsApp is connected.");
      if (is(event, "device.qr") && event.data.qr !== shown) await show(event.data.qr);
      if (is(event, "device.passkey_stage")) await showStage(bot, path, event);
      if (is(event, "device.disconnected") || is(event, "device.logged_out"))
        throw new Failure("unavailable", `The device ${id} was not linked (${event.data.reason}). Try again.`);
    }
  } finally {
    over.abort();
  }
}

/** The one that a new bot begins with is made where it is not there yet. Throws `not_found` for any other. */
async function needDevice(bot: RunningBot, id: string): Promise<void> {
  const { data } = await bot.ask("GET", "/v1/devices");
  if ((data as { device_id: string }[]).some(({ device_id }) => device_id === id)) return;
  if (id !== "default")
    throw new Failure("not_found", `There is no device ${id} yet: make it with "merpati device new ${id}".`);
  await bot.ask("POST", "/v1/devices", { device_id: id });
}

/** What links it: a QR's text or a pairing code. */
async function ask(bot: RunningBot, path: string, number: string | undefined): Promise<string> {
  if (number === undefined) {
    const { data } = await bot.ask("POST", `${path}/pairing/qr`);
    return (data as { qr_string: string }).qr_string;
  }
  const { data } = await bot.ask("POST", `${path}/pairing/code`, { phone_number: number });
  return (data as { pairing_code: string }).pairing_code;
}

/** What the owner has to do for the ceremony with a passkey, and where. */
async function showStage(bot: RunningBot, path: string, { data }: BotEvent<"device.passkey_stage">): Promise<void> {
  print(data.code === null ? data.message : `${data.message} ${data.code}`);
  if (data.stage !== "signature" && data.stage !== "code") return;
  const link = await bot.ask("POST", `${path}/pairing/passkey`);
  print((link.data as { url: string }).url);
}

/** A pairing code has eight letters; a QR's text is far longer. */
async function show(shown: string): Promise<void> {
  if (shown.length < 20)
    return print(`Pairing code: ${shown} (WhatsApp > Linked devices > Link with phone number instead)`);
  print(
    `${await (await import("qrcode")).toString(shown, { type: "terminal", small: true })}\nScan with WhatsApp > Linked devices > Link a device.`,
  );
}
