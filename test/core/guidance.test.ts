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
  passkey: null,
  version: null,
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

test("whoever was shown a QR is told of a version that may be too old, unless it was found to be the present one", () => {
  const version = { version: "2.3000.1", checkedAt: null, expiresAt: null, mayBeTooOld: true };
  const shown = { ...waiting, reason: "pairing_expired", version } as const;
  const said = guidance(shown, calls);
  expect(said).toContain("this version of WhatsApp Web (2.3000.1) may be too old");
  expect(said).toContain("WHATSAPP_VERSION_URL");
  expect(guidance({ ...shown, version: { ...version, mayBeTooOld: false } }, calls)).not.toContain("too old");
  expect(guidance({ ...shown, reason: "shutdown" }, calls)).not.toContain("too old");
});
