import type { Answers } from "./answers.ts";

/** A failure as faces word it that leave it open. */
export const failure = (error: string, code: string) => ({ success: false, error, code });

const stranger: Answers = { 401: ["No key or an unknown one", failure("Invalid API key.", "unauthorized")] };

/** What every call with a key may also answer. */
export const keyed: Answers = {
  ...stranger,
  403: ["The key may not do this", failure('This key lacks the scope "manage".', "forbidden")],
  404: ["Absent, or somebody else's", failure("Device not found or access denied", "not_found")],
};

/** What every call with the admin key may also answer. */
export const adminOnly: Answers = {
  ...stranger,
  403: ["Not the admin key", failure("Only the admin key may do this.", "forbidden")],
};
