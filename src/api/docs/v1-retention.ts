import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { contentRules } from "../../core/model/lifetime.ts";
import { found, operation } from "./answers.ts";
import { failed } from "./failure.ts";

const days = Type.Integer({ minimum: 1 });
const ownDays = nullable(Type.Integer({ minimum: 1, description: "Days; null is what is usual." }));
const contents = Type.Union(
  contentRules.map((rule) => Type.Literal(rule)),
  { description: "`until_delivered`: what was said and files go once all who are owed them have them." },
);

export const retention = Type.Object(
  {
    event_days: ownDays,
    history_days: ownDays,
    effective: Type.Object({ event_days: days, history_days: days }, { description: "What holds." }),
    contents,
  },
  { title: "DeviceRetention" },
);

export const tenantRetention = Type.Object(
  { event_days: ownDays, history_days: ownDays, contents },
  { title: "TenantRetention" },
);

export const get = operation("getDeviceRetention", "Tell how long a device keeps what it has", {
  200: ["How long", found(retention)],
});

export const change = operation(
  "updateDeviceRetention",
  "Change how long a device keeps what it has",
  { 200: ["How long", found(retention)], 400: failed("It is more than its tenant has") },
  { description: "What is older goes with the next round of pruning; what webhooks are still owed stays until then." },
);

const absent = { 404: failed("There is no such tenant") };

export const getOfTenant = operation("getTenantRetention", "Tell how long a tenant keeps what it has", {
  ...absent,
  200: ["How long", found(tenantRetention)],
});

export const changeOfTenant = operation(
  "updateTenantRetention",
  "Change how long a tenant keeps what it has",
  { ...absent, 200: ["How long", found(tenantRetention)] },
  {
    description:
      "Longer than the settings say, or shorter. With `contents: until_delivered` the tenant keeps no texts and no files.",
  },
);
