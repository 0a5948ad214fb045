import { Failure } from "../../core/base/failure.ts";
import type { LinkedDeviceInfo, Phone, Simulator } from "../../simulator/index.ts";
import { print } from "../base/command.ts";
import type { WebhookInbox } from "./webhook-inbox.ts";

export const ownNumber = "6281100000001";
export const annNumber = "628123456789";

/** How long any one step of the story may take. */
const stepMs = 20_000;

const step = (number: number, sentence: string) => print(` ${number}.  ${sentence}`);

/** A phone scans, a contact writes, the bot answers, a webhook arrives: told as it happens. */
export async function story(bot: { url: string; key: string }, sim: Simulator, inbox: WebhookInbox): Promise<void> {
  const phone = sim.phone(ownNumber, { name: "Budi" });
  const ann = sim.contact(annNumber, { name: "Ann" });
  step(1, "the bot asks WhatsApp for a QR code");
  const qr = await qrOf(bot);
  step(2, "Budi's phone scans it, and WhatsApp is connected");
  await phone.scan(qr, { timeoutMs: stepMs });
  step(3, "Ann, a contact, writes: !ping");
  const arrived = inbox.next("message.received");
  await ann.says("!ping", { to: phone });
  const answer = await ann.hears("pong", { timeoutMs: stepMs });
  step(4, `the bot answers: ${answer.text}`);
  const { event, verdict } = await arrived;
  step(5, `a webhook arrives, its signature ${verdict}: ${event.type}, event #${event.seq} of device ${event.device}`);
}

/** Links the bot to a phone without a word. */
export async function linkPhone(bot: { url: string; key: string }, phone: Phone): Promise<LinkedDeviceInfo> {
  return phone.scan(await qrOf(bot), { timeoutMs: stepMs });
}

async function qrOf({ url, key }: { url: string; key: string }): Promise<string> {
  const response = await fetch(`${url}/connection/qr`, { headers: { "x-api-key": key } });
  const { data, error } = (await response.json()) as { data?: { qrCode: string }; error?: string };
  if (!data) throw new Failure("unavailable", error ?? "The bot gave no QR code.");
  return data.qrCode;
}
