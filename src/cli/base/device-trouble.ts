import { guidance } from "../../core/model/guidance.ts";
import type { Phase, Reason } from "../../core/model/phase.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import { RunningBot, type WhichBot } from "./running-bot.ts";

/** A device as `GET /v1/devices` shows it. */
interface ShownDevice {
  device_id: string;
  label: string | null;
  wa_jid: string | null;
  phase: Phase;
  reason: Reason;
  unlinked: { reason: Reason; phone_number: string; at: number } | null;
  /** What a person must know, in the words of the API. */
  message: string | null;
  whatsapp_version: { version: string; may_be_too_old: boolean } | null;
}

export interface DeviceReport {
  tenant: string;
  id: string;
  label: string | null;
  phase: Phase;
  reason: Reason;
  /** What a person must know, with the commands that help; null of a device that is well. */
  trouble: string | null;
}

/** Every device of every tenant of a running bot. */
export async function deviceReports(which: WhichBot): Promise<DeviceReport[]> {
  const tenants = (await RunningBot.find(which).ask("GET", "/v1/admin/tenants")).data as { id: string }[];
  const reports: DeviceReport[] = [];
  for (const { id: tenant } of tenants) {
    const { data } = await RunningBot.find({ ...which, tenant }).ask("GET", "/v1/devices");
    for (const each of data as ShownDevice[]) {
      const { device_id: id, label, phase, reason } = each;
      reports.push({ tenant, id, label, phase, reason, trouble: troubleOf(tenant, each) });
    }
  }
  return reports;
}

function troubleOf(tenant: string, shown: ShownDevice): string | null {
  const { device_id: id, phase, reason, wa_jid: jid, unlinked, whatsapp_version: spoken } = shown;
  // How far it has come is the bot's to say.
  if (phase === "passkey_required") return shown.message;
  const where = tenant === homeTenant ? id : `${id} --tenant=${tenant}`;
  const account = jid === null ? null : { jid, lid: null, name: null };
  const lost = unlinked && {
    reason: unlinked.reason,
    at: unlinked.at,
    account: { jid: `${unlinked.phone_number}@s.whatsapp.net`, lid: null, name: null },
  };
  const version = spoken && {
    version: spoken.version,
    mayBeTooOld: spoken.may_be_too_old,
    checkedAt: null,
    expiresAt: null,
  };
  const link = `\`merpati device link ${where}\``;
  const code = `\`merpati device link ${where} --code=<number>\``;
  return guidance(
    { phase, reason, account, unlinked: lost, qr: null, pairingCode: null, passkey: null, version },
    { link, show: link, code, start: `\`merpati device start ${where}\`` },
  );
}
