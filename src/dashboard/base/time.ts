import { useEffect, useState } from "preact/hooks";
import { language } from "./prefs.ts";
import { serverNow } from "./server-clock.ts";

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** "5 minutes ago", "in 2 days"; `at` in Unix seconds. */
export function ago(at: number, now = serverNow() / 1_000): string {
  const difference = at - now;
  const [unit, length] = units.find(([, seconds]) => Math.abs(difference) >= seconds) ?? units[3];
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  return format.format(Math.round(difference / length), unit);
}

/** "3 hours"; seconds in. */
export function lasting(seconds: number): string {
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? units[3];
  const format = new Intl.NumberFormat(language.value, { style: "unit", unit, unitDisplay: "long" });
  return format.format(Math.floor(seconds / length));
}

/** Date and time of day; Unix seconds or ISO 8601 in. */
export function dateTime(at: number | string): string {
  const date = new Date(typeof at === "number" ? at * 1_000 : at);
  return date.toLocaleString(language.value, { dateStyle: "medium", timeStyle: "medium" });
}

export function clockTime(at: number | string): string {
  const date = new Date(typeof at === "number" ? at * 1_000 : at);
  return date.toLocaleTimeString(language.value, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}

/** As a `datetime-local` field takes it. Unix milliseconds in. */
export function localTime(at: number): string {
  const here = at - new Date(at).getTimezoneOffset() * 60_000;
  return new Date(here).toISOString().slice(0, 16);
}

/** "14:05". Unix seconds in. */
export const hourOf = (at: number): string =>
  new Date(at * 1_000).toLocaleTimeString(language.value, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** "Today", "Yesterday", "12 March 2026". Unix seconds in. */
export function dayOf(at: number): string {
  const day = new Date(at * 1_000);
  const back = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86_400_000);
  if (back > 1) return day.toLocaleDateString(language.value, { dateStyle: "long" });
  const text = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" }).format(-back, "day");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** When something was, in as little room as there is: an hour today, else a day. Unix seconds in. */
export function lately(at: number): string {
  const day = new Date(at * 1_000);
  const today = day.toDateString() === new Date().toDateString();
  return today ? hourOf(at) : day.toLocaleDateString(language.value, { day: "numeric", month: "short" });
}

/** Milliseconds since 1970 by the server's clock, drawn again every `ms`. */
export function useNow(ms: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
