import type { Principal } from "../model/principal.ts";
import { scopes } from "../model/scopes.ts";
import { homeTenant } from "../ports/tenants.ts";

/** Who runs the bot, by the way that he comes in. None of them is a key that is kept. */
const ways = ["API_KEY", "AUTH=off", "command line", "bot", "plugins", "SIGHUP"] as const;
type Way = (typeof ways)[number];

/** The operator, with every scope. */
export const operator = (way: Way): Principal => ({
  tenant: homeTenant,
  scopes: [...scopes, "admin"],
  key: way,
  devices: null,
});

/** Whether the caller is the operator himself, whom no pace binds. */
export const isOperator = ({ key }: Pick<Principal, "key">): boolean => ways.some((way) => way === key);
