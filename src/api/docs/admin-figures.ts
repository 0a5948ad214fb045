import { Type } from "@sinclair/typebox";
import { type FigureName, figureNames } from "../../core/metrics/figure-log.ts";
import { found, operation } from "./answers.ts";
import { seconds } from "./parts.ts";

const meanings = { sum: "In all.", last: "At its end.", most: "At worst." } as const;
const point = Type.Object(
  {
    at: seconds,
    ...(Object.fromEntries(
      Object.entries(figureNames).map(([name, how]) => [name, Type.Number({ description: meanings[how] })]),
    ) as Record<FigureName, ReturnType<typeof Type.Number>>),
  },
  { title: "FigurePoint", description: "One minute or hour; `at` is when it began." },
);

export const figures = operation(
  "listFigures",
  "List what the bot did in each minute of the last day, or each hour of the last month, oldest first",
  { 200: ["The figures; `webhook_ms` is the time of all deliveries together", found(Type.Array(point))] },
);
