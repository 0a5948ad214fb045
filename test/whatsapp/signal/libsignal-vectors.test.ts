import { describe, expect, test } from "bun:test";
import {
  acceptSenderKey,
  decryptFromGroup,
  encryptForGroup,
  ownSenderKey,
} from "../../../src/whatsapp/signal/group-cipher.ts";
import {
  decryptFromDevice,
  encryptForDevice,
  type StoredSessions,
} from "../../../src/whatsapp/signal/session-cipher.ts";
import { SignalError } from "../../../src/whatsapp/signal/signal-error.ts";
import type { CurvePair } from "../../../src/whatsapp/signal/x25519.ts";
import vectors from "./libsignal-vectors.json" with { type: "json" };

const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");
const pair = (one: { public: string; private: string }): CurvePair => ({
  public: bytes(one.public),
  private: bytes(one.private),
});

describe("what libsignal 6.0.0 stored and sealed", () => {
  test.each(vectors.sessions.map((vector) => [vector.name, vector] as const))(
    "sessions: %s",
    (_, { reader, messages }) => {
      const preKeys = new Map(Object.entries(reader.preKeys).map(([id, one]) => [Number(id), pair(one)]));
      const signed = pair(reader.signedPreKey);
      const local = {
        identity: pair(reader.identity),
        registrationId: 7,
        preKey: (id: number) => preKeys.get(id) ?? null,
        signedPreKey: () => signed,
      };
      let stored: StoredSessions = reader.sessions;
      for (const message of messages) {
        const read = () => decryptFromDevice(stored, local, message.type as "pkmsg" | "msg", bytes(message.ciphertext));
        if ("refused" in message) {
          expect(read).toThrow(SignalError);
          continue;
        }
        const { plaintext, sessions, spentPreKey } = read();
        expect(plaintext.toString()).toBe(message.plaintext ?? "");
        if (spentPreKey !== null) preKeys.delete(spentPreKey);
        stored = sessions;
      }
      expect(encryptForDevice(stored, local, Buffer.from("an answer")).ciphertext.length).toBeGreaterThan(50);
    },
  );

  const { distribution, sealed, stored, author } = vectors.groups;

  test("sender keys, from their distribution on, in any order", () => {
    let told = acceptSenderKey(null, bytes(distribution));
    for (const at of [3, 0, 4, 2, 1]) {
      const { plaintext, senderKey } = decryptFromGroup(told, bytes(sealed[at]!.ciphertext));
      expect(plaintext.toString()).toBe(sealed[at]!.plaintext);
      expect(() => decryptFromGroup(senderKey, bytes(sealed[at]!.ciphertext))).toThrow("was read before");
      told = senderKey;
    }
  });

  test("sender keys, from a reader's record with skipped keys", () => {
    for (const at of [0, 1, 3, 4])
      expect(decryptFromGroup(stored, bytes(sealed[at]!.ciphertext)).plaintext.toString()).toBe(sealed[at]!.plaintext);
    expect(() => decryptFromGroup(stored, bytes(sealed[2]!.ciphertext))).toThrow("was read before");
  });

  test("an author goes on under his sender key, one step after the last", () => {
    const { ciphertext, senderKey } = encryptForGroup(author, Buffer.from("one more"));
    const opened = decryptFromGroup(acceptSenderKey(null, bytes(distribution)), ciphertext);
    expect(opened.plaintext.toString()).toBe("one more");
    expect(ownSenderKey(senderKey).distribution.length).toBe(ownSenderKey(author).distribution.length);
  });
});
