import { Type } from "@sinclair/typebox";
import { cursor, found, operation, page } from "./answers.ts";
import { device } from "./v1-devices.ts";
import { message } from "./v1-messages.ts";
import { webhook } from "./v1-webhooks.ts";

const tenant = Type.String({ description: "The id of the tenant it belongs to." });

export const tenantsDevice = Type.Object({ tenant, ...device.properties }, { title: "TenantsDevice" });
export const tenantsWebhook = Type.Object({ tenant, ...webhook.properties }, { title: "TenantsWebhook" });
export const devices = operation("listAllDevices", "List the devices of every tenant", {
  200: ["The devices", found(Type.Array(tenantsDevice))],
});

export const webhooks = operation("listAllWebhooks", "List the webhooks of every tenant, with how each does", {
  200: ["The webhooks", found(Type.Array(tenantsWebhook))],
});

export const messages = operation(
  "listAllMessages",
  "List what the devices of every tenant sent and are to send, in the order it was queued, newest first",
  { 200: ["A page", page(message, "cursor", cursor)] },
);

export const changes = operation(
  "streamChanges",
  "Stream that something happens, in any tenant",
  {
    200: [
      "A stream: each frame names a tenant, a device and the type of an event",
      {
        byType: {
          "text/event-stream": Type.String({
            description:
              '`data` of each is `{"tenant":…,"device":…,"type":…}`: the type of an event, or `incident` when the list of incidents changed, or `plugins` when one of them is in another state, came or went. What concerns a tenant has no device, and what is of the whole server has no tenant: null.',
          }),
        },
      },
    ],
  },
  {
    description:
      "For pages that show every tenant: it says what to read again, never what was said. Nothing is repeated, so read the lists anew when the line was lost.",
  },
);
