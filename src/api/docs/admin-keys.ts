import { operation } from "./answers.ts";
import { adminOnly, failure } from "./keyed.ts";

const key = {
  id: "0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55",
  tenant: "acme",
  name: "their server",
  prefix: "mp_Xk29Qa",
  admin: false,
  scopes: ["read", "send"],
  devices: null,
  created_at: 1703145660,
  created_by: "API_KEY",
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
};

export const revoked = { success: true, message: "Key revoked" };

export const keys = operation("Every key, never the key itself", adminOnly, {
  200: ["All of them", { success: true, data: [key] }],
});

export const createKey = operation("Makes a key; it is shown this once", adminOnly, {
  201: ["Made", { success: true, data: { key: "mp_…", ...key } }],
  400: [
    "A field is missing or wrong",
    failure('"name" is missing: it takes a name for people, of 1 to 100 characters.', "invalid"),
  ],
  404: ["There is no such tenant", failure('There is no tenant "acme".', "not_found")],
});

export const revokeKey = operation("Revokes a key: nobody comes in with it, who is in is put out", adminOnly, {
  200: ["Revoked", revoked],
  404: ["There is no such key", failure("There is no key 0194f6b0 to revoke.", "not_found")],
});
