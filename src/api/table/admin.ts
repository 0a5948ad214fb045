import { type Table, adminRead, administer } from "./row.ts";

/** `/v1/admin`. */
export const adminTable: Table = {
  "GET /v1/admin/tenants": adminRead,
  "POST /v1/admin/tenants": administer("tenant.create", "json"),
  "PATCH /v1/admin/tenants/:tenant": administer("tenant.update", "json"),
  "DELETE /v1/admin/tenants/:tenant": administer("tenant.remove"),
  "GET /v1/admin/tenants/:tenant/usage": adminRead,
  "GET /v1/admin/tenants/:tenant/devices": adminRead,
  "POST /v1/admin/tenants/:tenant/devices": administer("device.create", "json"),
  "DELETE /v1/admin/tenants/:tenant/devices/:device": administer("device.remove"),
  "GET /v1/admin/tenants/:tenant/devices/:device/trace": administer("device.trace"),
  "GET /v1/admin/keys": adminRead,
  "POST /v1/admin/keys": administer("key.create", "json"),
  "DELETE /v1/admin/keys/:key": administer("key.revoke"),
  "GET /v1/admin/audit": adminRead,
  "GET /v1/admin/health": adminRead,
  "GET /v1/admin/figures": adminRead,
  "GET /v1/admin/logs": adminRead,
  "GET /v1/admin/plugins": adminRead,
  "GET /v1/admin/plugins/:plugin": adminRead,
  "POST /v1/admin/plugins/:plugin/enable": administer("plugin.enable"),
  "POST /v1/admin/plugins/:plugin/disable": administer("plugin.disable"),
  "PATCH /v1/admin/plugins/:plugin/settings": administer("plugin.settings", "json"),
  "PUT /v1/admin/plugins/:plugin/scope": administer("plugin.scope", "json"),
  "POST /v1/admin/plugins/:plugin/replay": administer("plugin.replay", "json"),
  "DELETE /v1/admin/plugins/:plugin": administer("plugin.uninstall"),
};
