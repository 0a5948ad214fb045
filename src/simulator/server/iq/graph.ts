import type { User } from "../../accounts/user.ts";
import type { Network } from "../../network/network.ts";

/** What a GraphQL query is answered from. */
export interface Asked {
  readonly network: Network;
  readonly user: User;
  readonly variables: Variables;
}

export interface Variables {
  readonly newsletter_id?: string;
  readonly user_id?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** The input of creating a channel, as whatsmeow names it. */
  readonly newsletter_input?: Readonly<Record<string, unknown>>;
  readonly updates?: Readonly<Record<string, unknown>>;
}

/** Answers with the data; throws `Refusal` for an error of GraphQL. */
export type GraphQuery = (asked: Asked) => Record<string, unknown>;

export class GraphRefusal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`refused with ${code}`);
    this.code = code;
  }
}
