import type { DeviceStatus } from "../core/model/device-status.ts";
import { is } from "../core/model/events/events.ts";
import { Failure } from "../core/base/failure.ts";
import type { Reason } from "../core/model/phase.ts";
import { secondsUntil } from "./moment.ts";
import { qrDataUrl } from "./picture.ts";
import type { Phrase, SocketFace } from "./visitor.ts";

/** `session.create` → `session.qr` → `session.ready`: a device is made by asking for it, its id is the `key`. */
export function sessionSocket(): SocketFace {
  /** Devices that this face made and that may go again when their page is closed. */
  const made = new Set<string>();
  return {
    name: "session",
    acts: { "session.create": "device.start" },
    async welcome(visitor) {
      const { workspace } = visitor;
      visitor.on("session.create", async (payload) => {
        const { key, name } = wanted(payload);
        if (!workspace.devices().some(({ id }) => id === key)) made.add(`${workspace.tenant}/${key}`);
        const device = await workspace.createDevice(key, name);
        await device.start();
        visitor.say("session.created", { key, message: "Session created" });
        await visitor.join(key);
        return { success: true, key, message: "Session created" };
      });
      visitor.on("session.leave", async (payload) => {
        const { key } = wanted(payload);
        visitor.leave(key);
        return { success: true, key };
      });
    },
    async present(status, clock) {
      return status.phase === "connected" ? [["session.ready", { key: status.id }]] : qrPhrase(status, clock.now());
    },
    async phrases(event, device, clock) {
      const key = device.id;
      if (is(event, "device.qr")) return qrPhrase(device.status(), clock.now());
      if (is(event, "device.paired")) return [["session.authenticated", { key }]];
      if (is(event, "device.connected")) return [["session.ready", { key }]];
      if (is(event, "device.disconnected") || is(event, "device.logged_out"))
        return [["session.disconnected", { key, reason: words[event.data.reason] ?? "connection lost" }]];
      if (is(event, "device.passkey_required"))
        return [["session.error", { key, error: event.data.message, code: "passkey_required" }]];
      return [];
    },
    failed: (failure, payload) => [
      "session.error",
      { key: keyOf(payload), error: failure.message, code: failure.code },
    ],
    /** Who never linked and is heard by nobody was a scan page that was closed. */
    async deserted(workspace, id) {
      if (!made.delete(`${workspace.tenant}/${id}`)) return;
      const device = workspace.device(id);
      const { account, unlinked } = device.status();
      // What was linked once and lost its account keeps what it has received.
      if (account === null && unlinked === null) await device.remove();
    },
  };
}

const words: Partial<Record<Reason, string>> = {
  logged_out: "user logged out",
  revoked: "session revoked",
  pairing_expired: "qr expired",
};

async function qrPhrase({ id, qr }: DeviceStatus, now: number): Promise<Phrase[]> {
  if (!qr) return [];
  return [["session.qr", { key: id, qr: await qrDataUrl(qr.qr), timeout: secondsUntil(qr.expiresAt, now) }]];
}

const keyOf = (payload: unknown): string | null =>
  typeof payload === "object" && payload !== null && "key" in payload && typeof payload.key === "string"
    ? payload.key
    : null;

function wanted(payload: unknown): { key: string; name?: string } {
  const key = keyOf(payload);
  if (key === null)
    throw new Failure("invalid", '"key" is missing: it takes the id of the device, e.g. { "key": "device123" }.', {
      field: "key",
    });
  const { name } = payload as { name?: unknown };
  return { key, ...(typeof name === "string" ? { name } : {}) };
}
