import { expect, test } from "bun:test";
import { backoff, type DisconnectHistory, closeAction } from "../../src/core/policy/closing.ts";
import type { Origin, CloseAction } from "../../src/core/model/phase.ts";

const calm: DisconnectHistory = { attempt: 0, rounds: 0, maxRounds: 3, replaced: 0, dice: 0.5 };

function meaning(
  code: number | null,
  origin: Origin,
  history: Partial<DisconnectHistory> = {},
  detail = "",
): CloseAction {
  return closeAction({ type: "closed", code, origin, detail }, { ...calm, ...history });
}

test.each([
  [401, "stream", "logged_out", "revoked"],
  [401, "failure", "logged_out", "revoked"],
  [403, "failure", "failed", "banned"],
  [406, "failure", "failed", "banned"],
  [409, "failure", "failed", "rejected"],
  [411, "stream", "failed", "rejected"],
] as const)("WhatsApp's %d on the %s ends the device as %s", (code, origin, phase, reason) => {
  expect(meaning(code, origin)).toEqual({ next: "end", phase, reason });
});

test.each([401, 403, 405, 409, 503] as const)("a proxy's HTTP %d only means: try again", (code) => {
  expect(meaning(code, "socket")).toMatchObject({ next: "retry", reason: "connection_lost" });
});

test("no code at all is a fault of the moment", () => {
  expect(meaning(null, "exception")).toMatchObject({ next: "retry" });
  expect(meaning(500, "stream")).toMatchObject({ next: "retry", reason: "connection_lost" });
});

test("a restart after linking is immediate, but not for ever", () => {
  expect(meaning(515, "stream")).toEqual({ next: "retry", reason: "restart_required", delay: 0 });
  expect(meaning(515, "stream", { attempt: 5 })).toMatchObject({ next: "retry", delay: 16_000 });
});

test("one conflict waits a minute, the second within ten minutes ends", () => {
  expect(meaning(440, "stream", { replaced: 1 })).toEqual({ next: "retry", reason: "replaced", delay: 60_000 });
  expect(meaning(440, "stream", { replaced: 2 })).toEqual({ next: "end", phase: "failed", reason: "replaced" });
});

test("bans and outdated versions wait long and keep the account", () => {
  expect(meaning(402, "failure")).toMatchObject({ next: "wait", reason: "temporarily_banned" });
  expect(meaning(405, "failure")).toMatchObject({ next: "wait", reason: "outdated_version" });
});

test("an unscanned round is followed by others with growing pauses, then by rest", () => {
  const round = (rounds: number, maxRounds: number | null) =>
    meaning(null, "local", { rounds, maxRounds }, "pairing_expired");
  expect(round(0, 3)).toEqual({ next: "retry", reason: "pairing_expired", delay: 5_000 });
  expect(round(1, 3)).toEqual({ next: "retry", reason: "pairing_expired", delay: 10_000 });
  expect(round(2, 3)).toEqual({ next: "end", phase: "stopped", reason: "pairing_expired" });
  expect(round(20, null)).toEqual({ next: "retry", reason: "pairing_expired", delay: 600_000 });
});

test("backoff doubles to a minute and never exceeds its span", () => {
  expect([0, 1, 2, 3, 6, 30].map((attempt) => backoff(attempt, 1))).toEqual([
    1_000, 2_000, 4_000, 8_000, 60_000, 60_000,
  ]);
  expect(backoff(4, 0)).toBe(0);
});
