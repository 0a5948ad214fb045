import { expect, test } from "bun:test";
import { type Life, type LifeSignal, type Phase, phases, step } from "../../src/core/model/phase.ts";

const retry: LifeSignal = { type: "closed", verdict: { next: "retry", reason: "connection_lost", delay: 5 } };
const ban: LifeSignal = { type: "closed", verdict: { next: "wait", reason: "temporarily_banned", delay: 5 } };
const revoked: LifeSignal = { type: "closed", verdict: { next: "end", phase: "logged_out", reason: "revoked" } };

/** Every phase, and where each signal takes it; what is not listed leaves it as it is. */
const table: Record<Phase, Partial<Record<string, Phase>>> = {
  stopped: { start: "starting", logged_out: "logged_out" },
  starting: {
    move_in: "stopped",
    stop: "stopped",
    qr: "pairing",
    pairing_code: "pairing",
    passkey_required: "passkey_required",
    open: "connected",
    logged_out: "logged_out",
    retry: "waiting",
    ban: "restricted",
    revoked: "logged_out",
  },
  pairing: {
    move_in: "stopped",
    stop: "stopped",
    passkey_required: "passkey_required",
    paired: "starting",
    open: "connected",
    logged_out: "logged_out",
    retry: "waiting",
    ban: "restricted",
    revoked: "logged_out",
  },
  passkey_required: {
    move_in: "stopped",
    start: "starting",
    stop: "stopped",
    paired: "starting",
    passkey_ended: "failed",
    open: "connected",
    logged_out: "logged_out",
  },
  connected: {
    move_in: "stopped",
    stop: "stopped",
    logged_out: "logged_out",
    retry: "waiting",
    ban: "restricted",
    revoked: "logged_out",
  },
  waiting: { move_in: "stopped", start: "starting", stop: "stopped", timer: "starting", logged_out: "logged_out" },
  restricted: { move_in: "stopped", start: "starting", stop: "stopped", timer: "starting", logged_out: "logged_out" },
  failed: { move_in: "stopped", start: "starting", stop: "stopped", logged_out: "logged_out" },
  logged_out: { move_in: "stopped", start: "starting", relink: "waiting" },
};

const signals: Record<string, LifeSignal> = {
  start: { type: "start" },
  stop: { type: "stop" },
  qr: { type: "qr" },
  pairing_code: { type: "pairing_code" },
  passkey_required: { type: "passkey_required" },
  passkey_ended: { type: "passkey_ended", reason: "passkey_expired" },
  paired: { type: "paired" },
  open: { type: "open" },
  move_in: { type: "move_in" },
  logged_out: { type: "logged_out" },
  relink: { type: "relink", delay: 5 },
  timer: { type: "timer" },
  retry,
  ban,
  revoked,
};

for (const phase of phases) {
  for (const [name, signal] of Object.entries(signals)) {
    const expected = table[phase][name] ?? phase;
    test(`${phase} + ${name} → ${expected}`, () => {
      const life: Life = { phase, reason: "requested" };
      expect(step(life, signal).phase).toBe(expected);
      if (expected === phase && phase !== "logged_out") expect(step(life, signal)).toBe(life);
    });
  }
}

test("a retry carries its delay, an end does not", () => {
  expect(step({ phase: "connected", reason: "linked" }, retry)).toEqual({
    phase: "waiting",
    reason: "connection_lost",
    delay: 5,
  });
  expect(step({ phase: "connected", reason: "linked" }, revoked)).toEqual({ phase: "logged_out", reason: "revoked" });
});
