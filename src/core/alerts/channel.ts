import type { Incident } from "./incident.ts";

/** What the operator is told. */
export interface Notice {
  readonly type: "incident.opened" | "incident.ended" | "incident.test";
  readonly incident: Incident;
  /** For people, complete in itself. */
  readonly text: string;
}

/** A way to reach the operator. */
export interface AlertChannel {
  readonly name: "webhook" | "whatsapp" | "email";
  /** Resolves when it was taken. Throws a Failure that says why not; then it is tried again. */
  send(notice: Notice): Promise<void>;
}
