import { operation } from "./answers.ts";
import { adminOnly, failure } from "./keyed.ts";

const entry = {
  id: "0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55",
  timestamp: "2025-12-27T05:00:00.000Z",
  actor: "API_KEY",
  actor_name: null,
  action: "device.create",
  tenant: "acme",
  subject: "shop-1",
  address: "192.0.2.1",
  count: 1,
  last_timestamp: null,
};

export const list = operation(
  "Who did what, newest first: administrative acts, attempts to connect, wrong keys",
  adminOnly,
  {
    200: ["A page", { success: true, data: [entry] }],
    400: ["A field is wrong", failure('"limit" takes a whole number from 1 to 500.', "invalid")],
  },
);
