import { sha256 } from "../crypto/cipher.ts";
import type { Addressing } from "../wire/address.ts";
import type { SimulatedDevice } from "./device.ts";

/**
 * The hash by which server and clients compare lists of devices: six bytes over `user.0:device@server` of each, sorted
 * (whatsmeow send.go:682, 2026-08).
 */
export function deviceHash(devices: readonly SimulatedDevice[], by: Addressing = "pn"): string {
  const server = by === "pn" ? "s.whatsapp.net" : "lid";
  const names = devices.map(({ user, id }) => `${by === "pn" ? user.number : user.lidNumber}.0:${id}@${server}`);
  const hash = sha256(Buffer.from(names.toSorted().join("")));
  return `2:${hash.subarray(0, 6).toString("base64")}`;
}
