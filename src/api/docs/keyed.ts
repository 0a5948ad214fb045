import type { Answers } from "./answers.ts";

/** What every call with a key may also answer. */
export const keyed: Answers = {
  401: ["No key or an unknown one", { success: false, error: "Invalid API key.", code: "unauthorized" }],
  403: ["The key may not do this", { success: false, error: 'This key lacks the scope "manage".', code: "forbidden" }],
  404: [
    "Absent, or somebody else's",
    { success: false, error: "Device not found or access denied", code: "not_found" },
  ],
};
