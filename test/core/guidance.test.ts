import { expect, test } from "bun:test";
import { guidance, type Guided } from "../../src/core/model/guidance.ts";

const calls = { link: "GET /connection/qr", show: "GET /connection/qr", start: "POST /start" };
const waiting: Guided = {
  phase: "waiting",
  reason: "shutdown",
  account: null,
  unlinked: null,
  qr: null,
  pairingCode: null,
};

test("what waits for no fault of WhatsApp's is not laid at its door", () => {
  for (const reason of ["shutdown", "restart_required"] as const)
    expect(guidance({ ...waiting, reason }, calls)).toBe(
      "No WhatsApp account is linked. The QR code comes in a moment: GET /connection/qr shows it.",
    );
  expect(guidance({ ...waiting, reason: "connection_lost" }, calls)).toBe(
    "No WhatsApp account is linked. WhatsApp cannot be reached just now; it is tried again by itself.",
  );
});
