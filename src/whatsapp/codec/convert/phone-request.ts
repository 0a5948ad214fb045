import type { Converter } from "./converter.ts";

export const phoneRequest: Converter<"phone_request"> = {
  read: ({ requestPhoneNumberMessage: request }) => (request ? { kind: "phone_request" } : null),
};
