import { Type } from "@sinclair/typebox";
import { failureCodes } from "../../core/base/failure.ts";
import { budgets } from "../../core/model/budgets.ts";
import type { DescribedAnswer } from "./answers.ts";

const error = Type.String({ description: "A sentence for people: what was wrong, and what to do." });
const code = Type.Union(
  failureCodes.map((each) => Type.Literal(each)),
  { title: "FailureCode", description: "The same for programs. More may come: treat an unknown one by its status." },
);

/** A failure as faces word it that leave it open. */
export const failure = Type.Object(
  {
    success: Type.Literal(false),
    error,
    code,
    budget: Type.Optional(
      Type.Union(
        budgets.map((each) => Type.Literal(each)),
        { description: "Which budget is used up, of the code `over_budget`." },
      ),
    ),
    rows: Type.Optional(
      Type.Array(
        Type.Object({ field: Type.String({ description: "Names the row: `to.3`, `messages.3.text`." }), error, code }),
        { description: "What was wrong with each of many, up to 50." },
      ),
    ),
  },
  { title: "Failure" },
);

/** The connection API has answers of its own, without a code. */
export const connectionFailure = Type.Object(
  { success: Type.Literal(false), error, code: Type.Optional(code) },
  { title: "ConnectionFailure" },
);

/** The device API words failures its own way. */
export const devicesFailure = Type.Object({ status: Type.Literal("error"), error, code }, { title: "DevicesFailure" });

export const failed = (meaning: string): DescribedAnswer => [meaning, failure];
