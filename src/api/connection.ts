import { type Static, t } from "elysia";
import type { Device } from "../core/device/device.ts";
import { Failure } from "../core/base/failure.ts";
import type { DeviceStatus } from "../core/model/device-status.ts";
import { guidance } from "../core/model/guidance.ts";
import type { PairingCode, Qr } from "../core/model/linking.ts";
import { unlessPasskey } from "../core/model/passkey.ts";
import { phoneNumber } from "../core/model/recipient.ts";
import { connectionCalls, wantedDefault } from "./default-device.ts";
import * as docs from "./docs/connection.ts";
import { type Tools, routes } from "./face.ts";
import { iso, secondsUntil } from "./moment.ts";
import { qrPng, qrSvg } from "./picture.ts";
import { unlinkedCamel } from "./unlinked.ts";

/** `/connection/*`: the device named `default`, in camelCase, 403 for a wrong key. */
export const connectionRoutes = ({ clock }: Tools) =>
  routes("/connection", "connection")
    .resolve(async ({ workspace }) => ({ device: await wantedDefault(workspace) }))
    .get("/status", async ({ device }) => ({ success: true, data: statusBody(await device.offer()) }), docs.status)
    .get(
      "/qr",
      async ({ device, headers, set, status }) => {
        const standing = await shown(device);
        const { qr } = standing;
        unlessPasskey(standing);
        set.headers["vary"] = "accept";
        return qr
          ? qrAnswer(qr, headers["accept"] ?? "", clock.now())
          : status(404, docs.noQr(guidance(standing, connectionCalls)));
      },
      docs.qr,
    )
    .post(
      "/pairing",
      async ({ device, body }) =>
        pairingBody(await device.pairingCode(phoneNumber(body.phoneNumber, "phoneNumber")), clock.now()),
      {
        body: t.Object({ phoneNumber: t.String({ description: 'digits with country code, e.g. "628123456789"' }) }),
        ...docs.newCode,
      },
    )
    .get(
      "/pairing",
      ({ device, status }) => {
        const standing = device.status();
        const { pairingCode } = standing;
        unlessPasskey(standing);
        return pairingCode ? { success: true, data: codeBody(pairingCode, clock.now()) } : status(404, docs.noCode);
      },
      docs.code,
    )
    .post(
      "/disconnect",
      async ({ device }) => {
        await device.logout();
        await device.start();
        return docs.disconnected;
      },
      docs.disconnect,
    );

/** How the device stands; where no account is linked, once the QR is there or a few seconds have passed. */
async function shown(device: Device): Promise<DeviceStatus> {
  const now = device.status();
  if (now.account || now.qr || now.phase === "passkey_required") return now;
  try {
    await device.qr();
  } catch (error) {
    // That WhatsApp gave none in time is told by how the device stands.
    if (!(error instanceof Failure && error.code === "unavailable")) throw error;
  }
  return device.status();
}

function statusBody(status: DeviceStatus): Static<typeof docs.connectionStatus> {
  return {
    isConnected: status.phase === "connected",
    hasQRCode: status.qr !== null,
    hasPairingCode: status.pairingCode !== null,
    phoneNumber: status.account?.jid.replace(/@.*/, "") ?? status.pairingCode?.phone ?? null,
    lastQRUpdate: iso(status.lastQrAt),
    lastPairingUpdate: iso(status.lastPairingCodeAt),
    reason: status.reason,
    unlinked: unlinkedCamel(status),
    message: guidance(status, connectionCalls),
  };
}

async function qrAnswer(qr: Qr, accept: string, now: number) {
  switch (wanted(accept)) {
    case "image/svg+xml":
      return new Response(await qrSvg(qr.qr), { headers: { "content-type": "image/svg+xml" } });
    case "image/png":
      return new Response(new Uint8Array(await qrPng(qr.qr)), { headers: { "content-type": "image/png" } });
    default:
      return { success: true, data: { qrCode: qr.qr, ...validity(qr, now) } };
  }
}

const validity = ({ issuedAt, expiresAt }: { issuedAt: number; expiresAt: number }, now: number) => ({
  timestamp: iso(issuedAt),
  expiresIn: `${secondsUntil(expiresAt, now)} seconds`,
  expiresAt: iso(expiresAt),
});

const codeBody = (code: PairingCode, now: number): Static<typeof docs.shownCode> => ({
  pairingCode: code.code,
  phoneNumber: code.phone,
  ...validity(code, now),
});

const pairingBody = (code: PairingCode, now: number) => ({
  success: true,
  message: "Pairing code created. No restart is needed.",
  instruction: `On the phone: WhatsApp > Linked devices > Link a device > Link with phone number instead, then enter ${code.code}.`,
  data: codeBody(code, now),
});

const pictures = ["image/svg+xml", "image/png"] as const;

/** The picture that stands before any JSON in an Accept header, or null. */
function wanted(accept: string): (typeof pictures)[number] | null {
  for (const type of accept.split(",").map((part) => part.split(";")[0]?.trim())) {
    if (type === "application/json" || type === "*/*") return null;
    if (type === "image/*") return "image/png";
    const picture = pictures.find((each) => each === type);
    if (picture) return picture;
  }
  return null;
}
