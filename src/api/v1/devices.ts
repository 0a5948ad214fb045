import { Elysia, type Static, t } from "elysia";
import type { Clock } from "../../core/base/clock.ts";
import type { DeviceStatus } from "../../core/model/device-status.ts";
import { guidance, type LinkingCalls } from "../../core/model/guidance.ts";
import { proxyExample } from "../../core/model/proxy-server.ts";
import { missingOf } from "../../core/model/offline-queue.ts";
import * as docs from "../docs/v1-devices.ts";
import { type Tools, routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";
import { Failure } from "../../core/base/failure.ts";
import { ownAddress } from "../own-address.ts";
import { qrDataUrl } from "../picture.ts";
import { unlinkedSnake } from "../unlinked.ts";
import { checkGroup } from "../../core/device/handle.ts";
import { type DeviceWord, deviceWords } from "../docs/v1-devices.ts";
import { statusWords } from "./words.ts";

/** `/v1/devices`: the life of the caller's devices, from making one to removing it. */
export const devices = (tools: Tools) =>
  new Elysia().use(list()).use(configuring()).use(linking()).use(link(tools)).use(life(tools.clock));

const meantDevices = t.Object({
  group: t.Optional(t.String({ maxLength: 64, description: "those of one `device_group`" })),
  status: t.Optional(
    t.Union(
      deviceWords.map((word) => t.Literal(word)),
      { description: `one of ${deviceWords.join(", ")}` },
    ),
  ),
});

const list = () =>
  routes("/v1/devices", "devices")
    .get(
      "/",
      ({ workspace, query: { group, status } }) => {
        const all = workspace.devices().map((each) => each.status());
        const meant = all.filter((each) => (group === undefined || each.group === group) && isIn(each, status));
        return { success: true, data: meant.map(deviceBody) };
      },
      { query: meantDevices, ...docs.list },
    )
    .post(
      "/",
      async ({ workspace, body, status }) => {
        if (workspace.devices().some(({ id }) => id === body.device_id))
          throw new Failure("conflict", `There is a device "${body.device_id}" already.`, { field: "device_id" });
        const { device_group: group = null } = body;
        checkGroup(group);
        const device = await workspace.createDevice(body.device_id, body.label, body.proxy);
        if (group !== null) await device.configure({ group });
        return status(201, { success: true, data: deviceBody(device.status()) });
      },
      {
        body: t.Object({
          device_id: t.String({ description: 'letters, digits, _ and -, e.g. "shop-1"' }),
          label: t.Optional(t.String({ maxLength: 100, description: "a name for people, of up to 100 characters" })),
          device_group: t.Optional(t.String({ maxLength: 64, description: groupAsked })),
          proxy: t.Optional(t.String({ maxLength: 1_000, description: proxyAsked })),
        }),
        ...docs.create,
      },
    )
    .delete(
      "/:id",
      async ({ workspace, params }) => {
        await workspace.device(params.id).remove();
        return docs.removed;
      },
      docs.remove,
    )
    .get(
      "/:id",
      ({ workspace, params }) => ({ success: true, data: deviceBody(workspace.device(params.id).status()) }),
      docs.one,
    )
    .post(
      "/:id/start",
      async ({ workspace, params }) => ({ success: true, data: started(await workspace.device(params.id).start()) }),
      docs.start,
    );

const configuring = () =>
  routes("/v1/devices", "devices").patch(
    "/:id",
    async ({ workspace, params, body: { device_group: group, ...rest } }) => ({
      success: true,
      data: deviceBody(await workspace.device(params.id).configure({ ...rest, group })),
    }),
    {
      body: t.Object(
        {
          label: t.Optional(
            t.Union([t.String({ maxLength: 100 }), t.Null()], {
              description: "a name for people, of up to 100 characters, or null for none",
            }),
          ),
          device_group: t.Optional(
            t.Union([t.String({ maxLength: 64 }), t.Null()], { description: `${groupAsked}, or null for none` }),
          ),
          proxy: t.Optional(
            t.Union([t.String({ maxLength: 1_000 }), t.Null()], { description: `${proxyAsked}, or null for none` }),
          ),
        },
        { minProperties: 1 },
      ),
      ...docs.configure,
    },
  );

const isIn = ({ phase }: DeviceStatus, word: DeviceWord | undefined): boolean =>
  word === undefined || statusWords[phase] === word;

const groupAsked = 'the group it belongs to: letters, digits, _ and -, e.g. "jakarta"';
const proxyAsked = `the address of the proxy that it leaves by, e.g. ${proxyExample}`;

const linking = () =>
  routes("/v1/devices", "devices")
    .post(
      "/:id/pairing/qr",
      async ({ workspace, params }) => {
        const { qr, expiresAt } = await workspace.device(params.id).qr();
        return {
          success: true,
          data: {
            qr_code: await qrDataUrl(qr),
            qr_string: qr,
            expires_at: unixSeconds(expiresAt),
            message: "Scan the QR code with WhatsApp on your smartphone",
          },
        };
      },
      docs.qr,
    )
    .post(
      "/:id/pairing/code",
      async ({ workspace, params, body }) => {
        const { code, phone, expiresAt } = await workspace.device(params.id).pairingCode(body.phone_number);
        return {
          success: true,
          data: {
            pairing_code: code,
            phone_number: phone,
            expires_at: unixSeconds(expiresAt),
            message: "Masukkan pairing code ini di WhatsApp > Linked Devices",
          },
        };
      },
      {
        body: t.Object({ phone_number: t.String({ description: 'digits with country code, e.g. "628123456789"' }) }),
        ...docs.code,
      },
    );

const link = ({ links, ...place }: Tools) =>
  routes("/v1/devices", "devices").post(
    "/:id/pairing/link",
    ({ workspace, params, body, request }) => {
      const device = workspace.device(params.id);
      device.requireManage();
      const { tenant, key } = workspace.principal;
      const { token, expiresAt } = links.sign({ tenant, device: device.id, key }, body?.lifetime ?? 600);
      const url = `${ownAddress(request, place)}/connection/qr?link=${token}`;
      return { success: true, data: { url, expires_at: unixSeconds(expiresAt) } };
    },
    {
      body: t.Optional(
        t.Object({
          lifetime: t.Optional(t.Integer({ minimum: 60, maximum: 3_600, description: "60 to 3600 seconds" })),
        }),
      ),
      ...docs.link,
    },
  );

const life = (clock: Clock) =>
  routes("/v1/devices", "devices")
    .get(
      "/:id/health",
      ({ workspace, params }) => ({ success: true, data: health(workspace.device(params.id).status(), clock.now()) }),
      docs.health,
    )
    .post(
      "/:id/stop",
      async ({ workspace, params }) => {
        await workspace.device(params.id).stop();
        return docs.stopped;
      },
      docs.stop,
    )
    .post(
      "/:id/logout",
      async ({ workspace, params }) => {
        await workspace.device(params.id).logout();
        return docs.loggedOut;
      },
      docs.logout,
    );

const phoneOf = (status: DeviceStatus) => status.account?.jid.replace(/@.*/, "") ?? null;
const callsOf = (id: string): LinkingCalls => ({
  link: `POST /v1/devices/${id}/pairing/qr`,
  show: `POST /v1/devices/${id}/pairing/qr`,
  code: `POST /v1/devices/${id}/pairing/code`,
  passkey: `POST /v1/devices/${id}/pairing/passkey`,
  start: `POST /v1/devices/${id}/start`,
});
const seconds = (at: number | null) => (at === null ? null : unixSeconds(at));

function started(status: DeviceStatus): Static<typeof docs.startedDevice> {
  const connected = status.phase === "connected";
  return {
    device_id: status.id,
    status: statusWords[status.phase],
    message: connected ? "Device is connected already." : "Device started. Request QR code or pairing code to connect.",
  };
}

const sendingBody = (held: DeviceStatus["sending"]) => ({
  locked_until: seconds(held.lockedUntil),
  asking_until: seconds(held.askingUntil),
  capped_until: seconds(held.cappedUntil),
  restricted_until: seconds(held.restrictedUntil),
  probing: held.isProbing,
  paused_until: seconds(held.pausedUntil),
});

const queueBody = (queue: DeviceStatus["offlineQueue"]) => queue && { ...queue, missing: missingOf(queue) };

const versionBody = (version: DeviceStatus["version"]) =>
  version && {
    version: version.version,
    checked_at: seconds(version.checkedAt),
    expires_at: seconds(version.expiresAt),
    may_be_too_old: version.mayBeTooOld,
  };

/** A device as the API shows it. */
export const deviceBody = (status: DeviceStatus): Static<typeof docs.device> => ({
  device_id: status.id,
  label: status.label,
  device_group: status.group,
  phone_number: phoneOf(status),
  wa_jid: status.account?.jid ?? null,
  status: statusWords[status.phase],
  phase: status.phase,
  reason: status.reason,
  since: unixSeconds(status.since),
  last_connect_at: seconds(status.lastConnectAt),
  offline_queue: queueBody(status.offlineQueue),
  missing_files: status.missingFiles,
  sending: sendingBody(status.sending),
  whatsapp_version: versionBody(status.version),
  proxy: status.proxy,
  unlinked: unlinkedSnake(status),
  message: guidance(status, callsOf(status.id)),
});

function health(status: DeviceStatus, now: number): Static<typeof docs.deviceHealth> {
  const connected = status.phase === "connected";
  return {
    is_connected: connected,
    status: statusWords[status.phase],
    reason: status.reason,
    wa_jid: status.account?.jid ?? null,
    phone_number: phoneOf(status),
    last_connect_at: seconds(status.lastConnectAt),
    offline_queue: queueBody(status.offlineQueue),
    missing_files: status.missingFiles,
    sending: sendingBody(status.sending),
    whatsapp_version: versionBody(status.version),
    proxy: status.proxy,
    unlinked: unlinkedSnake(status),
    message: guidance(status, callsOf(status.id)),
    uptime: connected ? Math.max(0, now - status.since) : 0,
  };
}
