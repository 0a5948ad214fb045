import { useEffect, useState } from "preact/hooks";
import { language } from "./prefs.ts";

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** "5 minutes ago", "in 2 days"; `at` in Unix seconds. */
export function ago(at: number, now = Date.now() / 1_000): string {
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
export function moment(at: number | string): string {
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

/** Milliseconds since 1970, drawn again every `ms`. */
export function useNow(ms: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
