import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { budgets } from "../../core/model/budgets.ts";
import { found, operation } from "./answers.ts";
import { list, oneOf } from "./parts.ts";

export const budgetUse = list(
  Type.Object(
    {
      budget: oneOf(budgets),
      used: Type.Integer({ minimum: 0 }),
      limit: nullable(Type.Integer({ minimum: 0, description: "Null is no limit." })),
    },
    { title: "BudgetUse" },
  ),
);

export const usage = operation("getUsage", "Tell what your tenant has of each of its budgets", {
  200: ["Each of them", found(budgetUse)],
});
