import type { Workspace } from "../core/app.ts";
import { defaultDevice } from "../core/bot.ts";
import type { Device } from "../core/device/device.ts";
import type { LinkingCalls } from "../core/model/guidance.ts";

/** What the connection API calls its own ways to link. */
export const connectionCalls: LinkingCalls = {
  link: "GET /connection/qr",
  show: "GET /connection/qr",
  code: "POST /connection/pairing",
  start: `POST /v1/devices/${defaultDevice}/start`,
};

/** The device that faces without ids mean, or undefined while there is none. */
export const presentDefault = (workspace: Workspace): Device | undefined =>
  workspace.devices().find(({ id }) => id === defaultDevice);

/** The same, made when there is none. Throws `forbidden` and `limit_reached` then. */
export const wantedDefault = async (workspace: Workspace): Promise<Device> =>
  presentDefault(workspace) ?? workspace.createDevice(defaultDevice);
