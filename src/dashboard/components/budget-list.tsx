import { useData } from "../base/data.ts";
import { language } from "../base/prefs.ts";
import { count } from "../base/numbers.ts";
import { w } from "../words/words.ts";
import type { Schemas } from "../base/schemas.ts";

type Budget = keyof typeof w.tenants.budgets;

type BudgetUseJson = Schemas["BudgetUse"];

/** What a tenant has of each of its budgets, of those that it uses. */
export function BudgetList({ path }: { path: string }) {
  const { data } = useData<BudgetUseJson[]>(path);
  const used = data?.filter((each) => each.used > 0) ?? [];
  if (used.length === 0) return null;
  return (
    <ul class="stack tight" aria-label={w.tenants.usage}>
      {used.map(({ budget, used: amount, limit }) => (
        <li key={budget} class="row spread">
          <span>{w.tenants.budgets[budget]}</span>
          <span class={limit !== null && amount >= limit ? "" : "dim"}>
            {shown(budget, amount)} / {limit === null ? w.tenants.noLimit : shown(budget, limit)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function shown(budget: Budget, amount: number): string {
  if (!budget.includes("bytes")) return count(Math.round(amount));
  return `${(amount / 2 ** 20).toLocaleString(language.value, { maximumFractionDigits: 1 })} MB`;
}
