import { type Answers, operation } from "./answers.ts";
import { adminOnly, failure } from "./keyed.ts";

const tenant = {
  id: "acme",
  name: "Acme",
  device_limit: 5,
  limits: { queued_messages: 1_000 },
  created_at: 1703145660,
};
const device = {
  device_id: "shop-1",
  label: "Customer Service",
  status: "disconnected",
  phase: "stopped",
  reason: "requested",
};

export const tenantRemoved = { success: true, message: "Tenant removed with its keys" };
export const deviceRemoved = { success: true, message: "Device removed with its session" };

const absent: Answers = { 404: ["There is no such tenant", failure('There is no tenant "acme".', "not_found")] };

export const tenants = operation("Every tenant", adminOnly, {
  200: ["All of them", { success: true, data: [tenant] }],
});

export const createTenant = operation("Makes a tenant", adminOnly, {
  201: ["Made", { success: true, data: tenant }],
  400: ["Not an id", failure('A tenant id takes 1 to 64 letters, digits, _ and -, e.g. "acme".', "invalid")],
  409: ["There is one of that id", failure('There is a tenant "acme" already.', "conflict")],
});

export const updateTenant = operation("Changes a tenant's name or device limit", adminOnly, {
  200: ["Changed", { success: true, data: tenant }],
  400: ["A field is wrong", failure('"device_limit" takes a number of devices, or null for no limit.', "invalid")],
  ...absent,
});

export const removeTenant = operation("Removes a tenant that has no devices, with its keys", adminOnly, {
  200: ["Removed", tenantRemoved],
  ...absent,
  409: ["It has devices", failure('Tenant "acme" still has devices; remove them first.', "conflict")],
});

export const usage = operation("What a tenant has of each of its budgets", adminOnly, {
  200: ["Each of them", { success: true, data: [{ budget: "queued_messages", used: 12, limit: 50_000 }] }],
  ...absent,
});

export const devices = operation("A tenant's devices", adminOnly, {
  200: ["All of them", { success: true, data: [device] }],
  ...absent,
});

export const createDevice = operation("Makes a device for a tenant", adminOnly, {
  201: ["Made; it is started by the tenant", { success: true, data: device }],
  400: ["Not an id", failure('A device id takes 1 to 64 letters, digits, _ and -, e.g. "shop-1".', "invalid")],
  ...absent,
  409: [
    "It is there, or the tenant has as many as it may",
    failure('Tenant "acme" has a device "shop-1" already.', "conflict"),
  ],
});

export const removeDevice = operation("Unlinks a tenant's device and forgets everything of it", adminOnly, {
  200: ["Removed", deviceRemoved],
  404: ["There is no such tenant or device", failure("Device not found or access denied", "not_found")],
});
