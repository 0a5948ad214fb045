import type { Phase } from "../../core/model/phase.ts";
import type { deviceWords } from "../docs/v1-devices.ts";

/** What the native API calls each phase. */
export const statusWords = {
  stopped: "disconnected",
  starting: "connecting",
  pairing: "pairing",
  passkey_required: "pairing",
  connected: "connected",
  waiting: "connecting",
  restricted: "failed",
  failed: "failed",
  logged_out: "disconnected",
} as const satisfies Record<Phase, (typeof deviceWords)[number]>;
