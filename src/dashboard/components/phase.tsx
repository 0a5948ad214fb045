import { ago, useNow } from "../base/time.ts";
import { w, wordFor } from "../words/words.ts";
import type { Schemas } from "../base/schemas.ts";

/** A device as `/v1/devices` shows it. */
export type DeviceJson = Schemas["Device"];

const tones: Record<string, string> = {
  connected: "good",
  starting: "busy",
  waiting: "busy",
  pairing: "busy",
  failed: "bad",
  restricted: "bad",
  passkey_required: "bad",
  logged_out: "bad",
};

export const PhaseBadge = ({ phase }: { phase: string }) => (
  <span class={`badge ${tones[phase] ?? "calm"}`}>{wordFor(w.phases, phase)}</span>
);

/** Why a device is as it is, and since when, in a sentence. */
export function PhaseNote({ device }: { device: DeviceJson }) {
  const now = useNow(10_000);
  return (
    <span class="dim">
      {device.unlinked &&
        `${wordFor(w.reasons, device.unlinked.reason)} (${prettyPhone(device.unlinked.phone_number)}) · `}
      {device.reason !== device.unlinked?.reason && `${wordFor(w.reasons, device.reason)} · `}
      {ago(Math.min(device.since, now / 1_000), now / 1_000)}
    </span>
  );
}

export const nameOf = ({ label, device_id }: Pick<DeviceJson, "label" | "device_id">): string => label ?? device_id;

/** A device that has an account, connected or not. */
export const isLinked = ({ phone_number }: DeviceJson): boolean => phone_number !== null;

export const prettyPhone = (digits: string): string => `+${digits}`;
