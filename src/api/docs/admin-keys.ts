import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { scopes } from "../../core/model/scopes.ts";
import { found, operation, toldDone } from "./answers.ts";
import { failed } from "./failure.ts";
import { list as listOf, oneOf, seconds } from "./parts.ts";

const about = {
  id: Type.String(),
  tenant: Type.String(),
  name: Type.String(),
  prefix: nullable(Type.String({ description: "How it begins: `mp_Xk29Qa`." })),
  admin: Type.Boolean({ description: "Whether it opens the administration too." }),
  scopes: Type.Array(oneOf(scopes)),
  devices: nullable(listOf(Type.String(), { description: "Ids of devices; null is every device." })),
  created_at: seconds,
  created_by: nullable(Type.String({ description: "The id of the key that made it, or `API_KEY`." })),
  last_used_at: nullable(seconds),
  expires_at: nullable(seconds),
  revoked_at: nullable(seconds),
};
export const key = Type.Object(about, { title: "Key" });
const newKey = Type.Object({ key: Type.String({ description: "Shown this once." }), ...about }, { title: "NewKey" });

export const revoked = { success: true, message: "Key revoked" } as const;

export const keys = operation("listKeys", "List every key, never the key itself", {
  200: ["All of them", found(Type.Array(key))],
});

export const createKey = operation("createKey", "Make a key", {
  201: ["Made", found(newKey)],
  404: failed("There is no such tenant"),
});

export const rotateKey = operation(
  "rotateKey",
  "Make another key in the place of one",
  { 201: ["Made; the one before goes on for `overlap` seconds", found(newKey)], 404: failed("There is no such key") },
  { description: "It may do what the one before may, and ends when that was to end." },
);

export const revokeKey = operation(
  "revokeKey",
  "Revoke a key",
  { 200: ["Revoked", toldDone], 404: failed("There is no such key") },
  { description: "Nobody comes in with it, and who is in is put out." },
);
