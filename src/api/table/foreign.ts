import { type Table, manage, manageRead, read, send } from "./row.ts";

/** The routes of the faces that follow somebody else's API. */
export const foreignTable: Table = {
  "GET /connection/status": read,
  "GET /connection/qr": manageRead,
  "POST /connection/pairing": manage("device.pairing_code", "json"),
  "GET /connection/pairing": manageRead,
  "POST /connection/disconnect": manage("device.logout"),

  "GET /api/devices": read,
  "POST /api/devices/:new/start": manage("device.start"),
  "GET /api/devices/:id/status": read,
  "POST /api/devices/:id/send": send("message.send", "json"),
  "DELETE /api/devices/:id": manage("device.remove"),

  "GET /status": read,
  "GET /api/qr": manageRead,
  "POST /api/qr/generate": manage("device.start"),
  "POST /api/send": send("message.send", "json"),
  "POST /api/logout": manage("device.logout"),
};
