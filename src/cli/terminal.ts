import { operator } from "../core/access/operator.ts";
import type { Log } from "../core/base/log.ts";
import { type Bot, defaultDevice } from "../core/bot.ts";
import { type BotEvent, is } from "../core/model/events/events.ts";

export interface LinkingView {
  bot: Bot;
  log: Log;
  /** Where the bot is reached. */
  url: string;
  /** Linked by pairing code: then no QR is drawn beside it. */
  byCode: boolean;
  out: { readonly isTTY?: boolean; write(text: string): unknown };
}

/**
 * Shows whoever started the bot how its default device is linked: on a terminal the QR or the code themselves, else, in
 * the log, where they are. In a log file they would be a way in for whoever reads it.
 */
export async function showLinking(view: LinkingView): Promise<void> {
  const workspace = view.bot.as(operator("bot"));
  const tell = view.out.isTTY ? onTerminal(view) : inLog(view);
  workspace.listen((event) => {
    if (event.device === defaultDevice) tell(event);
  });
  const devices = workspace.devices();
  if (!view.out.isTTY) {
    if (devices.length === 0) view.log.warn({ url: view.url }, `no WhatsApp account is linked: ${whereToLook("qr")}`);
    return;
  }
  // Who starts the first bot on a terminal waits for its QR there.
  if (devices.length === 0) await (await workspace.createDevice(defaultDevice)).start();
}

type Tell = (event: BotEvent) => void;

function onTerminal({ out, byCode }: LinkingView): Tell {
  const say = (text: string) => void out.write(`${text}\n`);
  const draw = async (qr: string) =>
    say(
      `${await (await import("qrcode")).toString(qr, { type: "terminal", small: true })}\nScan with WhatsApp > Linked devices > Link a device.`,
    );
  return (event) => {
    if (is(event, "device.qr") && !byCode) draw(event.data.qr).catch(() => say("The QR code could not be drawn."));
    if (is(event, "device.pairing_code"))
      say(`Pairing code: ${event.data.pairing_code} (WhatsApp > Linked devices > Link with phone number instead)`);
    if (is(event, "device.passkey_stage"))
      say([event.data.message, event.data.code, whereToSign].filter((part) => part !== null).join(" "));
    if (is(event, "device.connected")) say("Linked. WhatsApp is connected.");
  };
}

const whereToLook = (what: "qr" | "pairing") => `sign in at the url, or ask GET /connection/${what} with your API key`;

const whereToSign = "The device's page in the dashboard leads through it.";

/** Once for each linking: a new QR comes every few seconds. */
function inLog({ log, url, byCode }: LinkingView): Tell {
  const told = new Set<string>();
  const once = ({ type, device }: BotEvent, sentence: string) => {
    if (!told.has(type)) log.warn({ device, url }, sentence);
    told.add(type);
  };
  return (event) => {
    if (is(event, "device.qr") && !byCode) once(event, `a QR code waits to be scanned: ${whereToLook("qr")}`);
    if (is(event, "device.pairing_code"))
      once(event, `a pairing code waits to be typed on the phone: ${whereToLook("pairing")}`);
    if (is(event, "device.passkey_stage")) once(event, `${event.data.message} ${whereToSign}`);
    if (is(event, "device.connected") || is(event, "device.logged_out")) told.clear();
  };
}
