import { Type } from "@sinclair/typebox";
import { budgets } from "../../core/model/budgets.ts";
import { nullable } from "../../core/model/content/parts.ts";
import { found, operation, toldDone } from "./answers.ts";
import { sessionForms } from "../../core/ports/moving.ts";
import { failed } from "./failure.ts";
import { oneOf, seconds } from "./parts.ts";
import { device, phase, reason } from "./v1-devices.ts";
import { budgetUse } from "./v1-usage.ts";

const limit = nullable(Type.Integer({ minimum: 0, description: "Null is no limit." }));
export const tenant = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    device_limit: limit,
    limits: Type.Partial(Type.Object(Object.fromEntries(budgets.map((budget) => [budget, limit]))), {
      description: "Budgets that differ from what is usual here.",
    }),
    proxy: nullable(
      Type.String({
        description:
          "The proxy that devices without one of their own leave by, with `***` for its password; null: that of the server, or none.",
      }),
    ),
    media_links: Type.Boolean({ description: "Events and messages carry links to their files." }),
    created_at: seconds,
  },
  { title: "Tenant" },
);
export const tenantDevice = Type.Object(
  {
    device_id: Type.String(),
    label: nullable(Type.String()),
    status: device.properties.status,
    phase,
    reason,
  },
  { title: "TenantDevice" },
);

export const tenantRemoved = { success: true, message: "Tenant removed with its keys" } as const;
export const deviceRemoved = { success: true, message: "Device removed with its session" } as const;

const absent = { 404: failed("There is no such tenant") };

export const tenants = operation("listTenants", "List every tenant", {
  200: ["All of them", found(Type.Array(tenant))],
});

export const createTenant = operation("createTenant", "Make a tenant", {
  201: ["Made", found(tenant)],
  409: failed("There is one of that id"),
});

export const updateTenant = operation("updateTenant", "Change a tenant's name, limits, proxy or links", {
  ...absent,
  200: ["Changed", found(tenant)],
});

export const removeTenant = operation("deleteTenant", "Remove a tenant that has no devices, with its keys", {
  ...absent,
  200: ["Removed", toldDone],
  409: failed("It has devices"),
});

export const usage = operation("getTenantUsage", "Tell what a tenant has of each of its budgets", {
  ...absent,
  200: ["Each of them", found(budgetUse)],
});

export const devices = operation("listTenantDevices", "List a tenant's devices", {
  ...absent,
  200: ["All of them", found(Type.Array(tenantDevice))],
});

export const createDevice = operation("createTenantDevice", "Make a device for a tenant", {
  ...absent,
  201: ["Made; it is started by the tenant", found(tenantDevice)],
  409: failed("It is there, or the tenant has as many as it may"),
});

export const exported = Type.Object(
  {
    device_id: Type.String(),
    form: oneOf(sessionForms, { description: "What the passphrase opens." }),
    sealed: Type.String({ description: "The text of the file that `merpati import merpati` takes." }),
  },
  { title: "ExportedDevice" },
);
export const exportDevice = operation(
  "exportTenantDevice",
  "Give a linked device out, sealed with a passphrase",
  {
    200: ["The device; whoever opens it is the account", found(exported)],
    404: failed("There is no such tenant or device"),
    409: failed("It is not stopped, or not linked"),
  },
  { description: "For another server. Do not start it here again: two that hold the same keys throw each other out." },
);

export const removeDevice = operation("deleteTenantDevice", "Unlink a tenant's device and forget everything of it", {
  200: ["Removed", toldDone],
  404: failed("There is no such tenant or device"),
});
