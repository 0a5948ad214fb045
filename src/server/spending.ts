import type { Budgets, Spender } from "../core/access/budgets.ts";
import type { Principal } from "../core/model/principal.ts";
import { isOperator } from "../core/access/operator.ts";
import { allows } from "../core/access/scope.ts";

/** Whom a call is counted to. */
export const spenderOf = (principal: Principal): Spender => ({
  tenant: principal.tenant,
  key: isOperator(principal) || allows(principal, "admin") ? null : principal.key,
});

/** The bytes of one body, from when they come until it is answered. */
export class RequestsInFlight {
  readonly #releases: (() => void)[] = [];

  readonly #budgets: Budgets;
  readonly #tenant: string;

  constructor(budgets: Budgets, tenant: string) {
    this.#budgets = budgets;
    this.#tenant = tenant;
  }

  /** Throws `over_budget`. */
  add(bytes: number): void {
    this.#releases.push(this.#budgets.hold(this.#tenant, "bytes_in_flight", bytes));
  }

  /** Done when the call is over, too. */
  later(work: () => void): void {
    this.#releases.push(work);
  }

  end(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}
