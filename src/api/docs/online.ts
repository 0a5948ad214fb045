import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

/** What every call that needs WhatsApp may also answer. */
export const online = {
  ...keyed,
  400: [
    "A field is missing or wrong",
    { success: false, error: '"members" takes phone numbers, JIDs or LIDs.', code: "invalid" },
  ],
  409: [
    "The device has no account yet",
    {
      success: false,
      error: "This device is not linked to WhatsApp yet. Scan its QR code first.",
      code: "not_linked",
    },
  ],
  422: [
    "WhatsApp refused",
    { success: false, error: "WhatsApp refused: this account may not do that here.", code: "refused" },
  ],
  429: [
    "Too many of these; `Retry-After` says when again",
    { success: false, error: "WhatsApp asks for fewer requests; wait a minute.", code: "rate_limited" },
  ],
  503: [
    "Not connected just now",
    { success: false, error: "This device is not connected to WhatsApp just now; try again.", code: "unavailable" },
  ],
  504: ["WhatsApp did not answer", { success: false, error: "WhatsApp did not answer in time.", code: "timeout" }],
} as const;

const done = { success: true };

/** A call that asks WhatsApp for something. */
export const queryOperation = (summary: string, data: unknown) =>
  operation(summary, online as never, { 200: ["As WhatsApp has it", { success: true, data }] });
/** A call that has WhatsApp do something. */
export const actionOperation = (summary: string) => operation(summary, online as never, { 200: ["It is done", done] });
