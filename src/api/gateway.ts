import { type Static, t } from "elysia";
import { Failure } from "../core/base/failure.ts";
import { guidance, type Guided, type LinkingCalls } from "../core/model/guidance.ts";
import { unlessPasskey } from "../core/model/passkey.ts";
import type { Phase } from "../core/model/phase.ts";
import { presentDefault, wantedDefault } from "./default-device.ts";
import * as docs from "./docs/gateway.ts";
import { type Tools, routes } from "./face.ts";
import { iso, secondsUntil } from "./moment.ts";
import { qrDataUrl } from "./picture.ts";
import { sendAndWait, textMessage } from "./send.ts";
import { unlinkedCamel } from "./unlinked.ts";

/** `/status` and `/api/…`: one WhatsApp account, the device named `default`. Its live half is `gateway-socket.ts`. */
export const gatewayRoutes = ({ clock }: Tools) =>
  routes("", "gateway")
    .derive(({ workspace }) => ({ device: presentDefault(workspace) }))
    .get(
      "/status",
      ({ device }) => ({ success: true, ...statusBody(device?.status() ?? absent, clock.now()) }),
      docs.status,
    )
    .get(
      "/api/qr",
      async ({ device, status }) => {
        const standing = device?.status() ?? absent;
        const { qr } = standing;
        unlessPasskey(standing);
        if (!qr) return status(404, docs.noGatewayQr(guidance(standing, gatewayCalls)));
        return {
          success: true,
          qrCode: await qrDataUrl(qr.qr),
          qrString: qr.qr,
          timestamp: iso(qr.issuedAt),
          expiresIn: secondsUntil(qr.expiresAt, clock.now()),
          expiresAt: iso(qr.expiresAt),
        };
      },
      docs.qr,
    )
    .post(
      "/api/qr/generate",
      async ({ workspace }) => {
        const device = await wantedDefault(workspace);
        if (device.status().phase === "connected")
          throw new Failure("already_connected", "WhatsApp is connected: log out before generating a new QR code.");
        await device.stop();
        await device.start();
        return docs.generating;
      },
      docs.generate,
    )
    .post(
      "/api/send",
      async ({ device, body, status }) => {
        if (!device) throw new Failure("not_linked", `${guidance(absent, gatewayCalls)}`);
        const sent = await sendAndWait(device, body);
        return status(sent.state === "sent" ? 200 : 202, {
          success: true,
          messageId: sent.waId,
          timestamp: iso(sent.sentAt ?? sent.createdAt),
        });
      },
      { body: t.Object(textMessage), ...docs.send },
    )
    .post(
      "/api/logout",
      async ({ device }) => {
        await device?.logout();
        return docs.loggedOut;
      },
      docs.logout,
    );

const words = {
  stopped: "disconnected",
  starting: "connecting",
  // Not "connecting", so that the dashboard's "Generate QR" stays enabled.
  pairing: "disconnected",
  passkey_required: "disconnected",
  connected: "connected",
  waiting: "connecting",
  restricted: "disconnected",
  failed: "disconnected",
  logged_out: "disconnected",
} as const satisfies Record<Phase, string>;

const gatewayCalls: LinkingCalls = {
  link: "POST /api/qr/generate",
  show: "GET /api/qr",
  start: "POST /api/qr/generate",
};

/** What is told of a device while there is none. */
export const absent: Guided = {
  phase: "stopped",
  reason: "requested",
  account: null,
  unlinked: null,
  qr: null,
  pairingCode: null,
  passkey: null,
  version: null,
};

/** The body of `GET /status` and of the event `connection:status`. */
export function statusBody(status: Guided, now: number): Static<typeof docs.gatewayStatus> {
  const { phase, reason, account } = status;
  const user = phase === "connected" && account ? { user: { id: account.jid, name: account.name ?? "" } } : {};
  return {
    status: words[phase],
    ...user,
    reason,
    unlinked: unlinkedCamel(status),
    message: guidance(status, gatewayCalls),
    timestamp: iso(now),
  };
}
