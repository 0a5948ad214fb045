import type { Target } from "../../core/model/events/targets.ts";

/** The targets of an event as its row holds them. */
export const owedText = (targets: readonly Target[]): string | null =>
  targets.length === 0 ? null : `|${targets.join("|")}|`;

export const owedTo = (text: string): Target[] => text.slice(1, -1).split("|") as Target[];

/** SQL: whether the event is owed to the target, whose name stands in another column or a parameter. */
export const isOwed = (target: string): string => `instr(event.owed, '|' || ${target} || '|')`;

/** SQL: no row tells how the delivery of `event` to the target stands. */
export const hasNoRow = (target: string): string =>
  `NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event = event.place AND delivery.target = ${target})`;
