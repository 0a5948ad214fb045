import type { SignalOf } from "../ports/connector.ts";

/** So long after a link its end is told with what is known of such ends, milliseconds. */
export const earlyMs = 15 * 60_000;

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 2 ? "less than two minutes" : `${minutes} minutes`;
}

const removed =
  "WhatsApp does not say why. If nobody removed it on the phone, WhatsApp did so itself: others see that with addresses of " +
  "data centres, with numbers that are new, and where a device is linked again and again. Give the device a proxy at home or on " +
  "a mobile line, and wait some hours before the next attempt.";
const locked =
  "WhatsApp locked the account itself: open WhatsApp on the phone, which says why and how to have it looked at.";

/**
 * By WhatsApp's code: device_removed and 401 at login (whatsmeow#1211, 2026-07-30; Baileys#2705, #2248; wa-gateway#88), the forced
 * logout of zapo (2026-08), 403 and 406 as WhatsApp Web names them.
 */
const words: Readonly<Record<number, string>> = { 401: removed, 516: removed, 403: locked, 406: locked };

/**
 * What is known of a link that ended `ms` after it was made; null where it held longer, and of an end that is not WhatsApp's.
 */
export function earlyEnd({ code, origin }: Pick<SignalOf<"closed">, "code" | "origin">, ms: number): string | null {
  const known = origin === "stream" || origin === "failure" ? words[code ?? 0] : undefined;
  return known === undefined || ms > earlyMs ? null : `It was linked for ${span(ms)} (${code}). ${known}`;
}
