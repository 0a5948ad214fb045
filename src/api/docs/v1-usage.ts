import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

export const usage = operation("What your tenant has of each of its budgets", keyed, {
  200: [
    "Each of them; null is no limit",
    { success: true, data: [{ budget: "queued_messages", used: 12, limit: 50_000 }] },
  ],
});
