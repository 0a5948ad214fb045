import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { expect, test } from "bun:test";
import { Curve, proto } from "@whiskeysockets/baileys";
import { handoffKey, PasskeyHandshake, primaryIdentity } from "../../src/whatsapp/passkey/handshake.ts";

const filled = (byte: number) => Buffer.alloc(32, Number.parseInt(String(byte), 16));
/** The X25519 pair of these 32 bytes (RFC 8410 has the headers). */
function keyPairFrom(secret: Uint8Array) {
  const key = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), secret]);
  const spki = createPublicKey(createPrivateKey({ key, format: "der", type: "pkcs8" }));
  return { private: secret, public: spki.export({ format: "der", type: "spki" }).subarray(12) };
}
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

// Computed by both sides over Baileys 7.0.0-rc14, 2026-09: bytes named by their hexadecimal digits.
test("what is computed is what whatsmeow and WhatsApp Web compute", () => {
  const pair = keyPairFrom(filled(11));
  const handshake = new PasskeyHandshake(proto.DeviceProps.PlatformType.CHROME, "2@TESTREF", {
    ephemeral: pair,
    nonce: filled(33),
  });
  const prologue = handshake.prologue();
  expect(pair.public.toString("hex")).toBe("7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13");
  const { commitment } = proto.ProloguePayload.decode(prologue);
  expect(Buffer.from(commitment?.hash ?? []).toString("hex")).toBe(
    "a3e548e9e340f8ee331f1186eb8c5af468fa8fab926e7e350f29108110d08b7a",
  );
  expect(PasskeyHandshake.proof(handoffKey(filled(55)), prologue).toString("hex")).toBe(
    "f8be602d1be2ff42dc47fb552a34fac4ae6a1d1aa9f67f2eb1a31a93c412a9b4",
  );
  const phone = { publicKey: keyPairFrom(filled(22)).public, nonce: filled(44) };
  expect(handshake.code(phone)).toBe("PYSL-SH11");
  const keys = { noise: filled(77), identity: filled(88), advSecret: filled(66) };
  const sealed = handshake.sealedKeys(phone, keys, Buffer.alloc(12, 0x99));
  expect([sealed.length, hash(sealed)]).toEqual([
    134,
    "3031d820ca6aa098ce3a405c2e4cb9f78964f08f2eb3e2adcec94e9cfeda2ad0",
  ]);
});

test("a phone's half that is too short is none", () => {
  const { public: publicKey } = Curve.generateKeyPair();
  const encoded = (nonce: Uint8Array) => proto.PrimaryEphemeralIdentity.encode({ publicKey, nonce }).finish();
  expect(primaryIdentity(encoded(filled(1)))).toMatchObject({ nonce: filled(1) });
  expect(primaryIdentity(encoded(Buffer.alloc(31)))).toBeNull();
  expect(primaryIdentity(Buffer.from("no protobuf"))).toBeNull();
});
