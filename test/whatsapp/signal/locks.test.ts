import { expect, test } from "bun:test";
import type { AuthState } from "../../../src/whatsapp/session/auth-state.ts";
import { SignalStore } from "../../../src/whatsapp/session/signal-store.ts";

/** Ann's number is 628111, her LID 999. */
const names: Record<string, string> = { "628111": "999", "999_reverse": "628111" };
const auth = { otherName: async (user: string) => names[user] ?? null } as unknown as AuthState;

test.each([
  ["628111@s.whatsapp.net", "999@lid"],
  ["999@lid", "628111@s.whatsapp.net"],
  ["999:4@lid", "628111:7@s.whatsapp.net"],
])("a person has one lock: who is at %s keeps out who wants %s", async (one, other) => {
  const signal = new SignalStore(() => auth);
  const steps: string[] = [];
  const first = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const held = signal.alone([one], async () => {
    begun.resolve();
    await first.promise;
    steps.push("first");
  });
  await begun.promise;
  const waiting = signal.alone([other], async () => void steps.push("second"));
  // Somebody else is not held up, and comes after who wanted the same: a turn that would have been enough.
  await signal.alone(["628222@s.whatsapp.net"], async () => void steps.push("somebody else"));
  first.resolve();
  await Promise.all([held, waiting]);
  expect(steps).toEqual(["somebody else", "first", "second"]);
});

test("a ratchet is not stepped by who is not alone with it", async () => {
  const store = new SignalStore(() => auth);
  const opening = store.open("628111@s.whatsapp.net", "msg", new Uint8Array());
  expect((await opening.catch((error: Error) => error)) as Error).toHaveProperty(
    "message",
    expect.stringContaining("alone with it"),
  );
});
