import * as docs from "../docs/v1-usage.ts";
import { routes } from "../face.ts";
import { ok } from "../ok.ts";

/** `/v1/usage`: what the caller's tenant has of each of its budgets. */
export const usage = () =>
  routes("/v1/usage", "usage").get("/", async ({ workspace }) => ok(await workspace.usage()), docs.usage);
