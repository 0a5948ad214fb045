import type { DeviceStatus } from "../core/model/device-status.ts";
import { iso, unixSeconds } from "./moment.ts";

const phoneOf = (jid: string) => jid.replace(/@.*/, "");

/** How the device lost its account, for the faces in camelCase; null while one is linked and when none ever was. */
export const unlinkedCamel = ({ unlinked }: Pick<DeviceStatus, "unlinked">) =>
  unlinked && { reason: unlinked.reason, phoneNumber: phoneOf(unlinked.account.jid), at: iso(unlinked.at) };

/** The same in snake_case. */
export const unlinkedSnake = ({ unlinked }: Pick<DeviceStatus, "unlinked">) =>
  unlinked && { reason: unlinked.reason, phone_number: phoneOf(unlinked.account.jid), at: unixSeconds(unlinked.at) };
