import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { found, operation } from "./answers.ts";
import { moment } from "./parts.ts";

const entry = Type.Object(
  {
    id: Type.String({ description: "`before` takes it." }),
    timestamp: moment,
    actor: Type.String({ description: "The id of a key, `API_KEY`, or a word of ours." }),
    actor_name: nullable(Type.String({ description: "The key's name." })),
    action: Type.String({ description: "`device.start`, `key.create`, …" }),
    tenant: nullable(Type.String()),
    subject: nullable(Type.String({ description: "The id of the device, key, webhook or tenant." })),
    subject_name: nullable(Type.String({ description: "What the key is called, or the webhook's address." })),
    address: nullable(Type.String({ description: "Where the call came from; null of the command line." })),
    count: Type.Integer({ minimum: 1, description: "The same act by the same caller within an hour is one entry." }),
    last_timestamp: nullable(moment),
  },
  { title: "AuditEntry" },
);

export const list = operation("listAudit", "Tell who did what, newest first", {
  200: ["A page; the last entry's `id` as `before` asks for the next", found(Type.Array(entry))],
});
