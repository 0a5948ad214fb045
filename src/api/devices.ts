import { type Static, t } from "elysia";
import type { DeviceStatus } from "../core/model/device-status.ts";
import { guidance, type LinkingCalls } from "../core/model/guidance.ts";
import { passkeySentence } from "../core/model/passkey.ts";
import type { Phase } from "../core/model/phase.ts";
import * as docs from "./docs/devices.ts";
import { type Tools, routes } from "./face.ts";
import { iso } from "./moment.ts";
import { qrDataUrl } from "./picture.ts";
import { unlinkedCamel } from "./unlinked.ts";
import { sendAndWait, textMessage } from "./send.ts";

/** `/api/devices/…`: a device is made by starting it; errors are `{ "status": "error" }`. */
export const devicesRoutes = ({ clock }: Tools) =>
  routes("/api/devices", "device-api")
    .get(
      "/",
      async ({ workspace }) => {
        const all = workspace.devices().map(async (each) => [each.id, await statusBody(each.status(), clock.now())]);
        return Object.fromEntries(await Promise.all(all));
      },
      docs.list,
    )
    .post(
      "/:id/start",
      async ({ workspace, params }) => {
        const device = await workspace.createDevice(params.id);
        const status = await device.start();
        return { status: word(status, clock.now()), device: device.id };
      },
      docs.start,
    )
    .get(
      "/:id/status",
      ({ workspace, params }) => statusBody(workspace.device(params.id).status(), clock.now()),
      docs.status,
    )
    .post(
      "/:id/send",
      async ({ workspace, params, body, status }) => {
        const device = workspace.device(params.id);
        const sent = await sendAndWait(device, body);
        return status(sent.state === "sent" ? 200 : 202, {
          status: sent.state,
          device: device.id,
          messageId: sent.waId,
        });
      },
      { body: t.Object(textMessage), ...docs.send },
    )
    .delete(
      "/:id",
      async ({ workspace, params }) => {
        await workspace.device(params.id).remove();
        return docs.removed(params.id);
      },
      docs.remove,
    );

const words = {
  stopped: "disconnected",
  starting: "connecting",
  pairing: "waiting_for_scan",
  passkey_required: "disconnected",
  connected: "connected",
  waiting: "reconnecting",
  restricted: "disconnected",
  failed: "disconnected",
  logged_out: "disconnected",
} as const satisfies Record<Phase, string>;

/** A device that was just asked for is `starting` for this long, milliseconds. */
const startingMs = 2_000;

function word({ phase, reason, since }: DeviceStatus, now: number) {
  const fresh = phase === "starting" && reason === "requested" && now - since < startingMs;
  return fresh ? "starting" : words[phase];
}

/** A start makes a QR, which stands in the status. */
function callsOf(id: string): LinkingCalls {
  const start = `POST /api/devices/${id}/start`;
  return { link: start, show: `GET /api/devices/${id}/status`, start };
}

async function statusBody(status: DeviceStatus, now: number): Promise<Static<typeof docs.deviceState>> {
  return {
    status: word(status, now),
    qrCode: status.qr ? await qrDataUrl(status.qr.qr) : null,
    lastUpdate: iso(Math.max(status.since, status.qr?.issuedAt ?? 0)),
    reason: status.reason,
    unlinked: unlinkedCamel(status),
    message: guidance(status, callsOf(status.id)),
    ...(status.phase === "passkey_required" ? { error: passkeySentence(status.passkey) } : {}),
  };
}
