import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { hkdfSha256, hmacSha256 } from "../../../src/whatsapp/signal/primitives.ts";
import { SignalError } from "../../../src/whatsapp/signal/signal-error.ts";
import {
  agreement,
  generateCurvePair,
  publicKeyOf,
  rawPublicKey,
  typedPublicKey,
} from "../../../src/whatsapp/signal/x25519.ts";
import { generateSigningPair, signWithSeed, signXeddsa, verifyXeddsa } from "../../../src/whatsapp/signal/xeddsa.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("X25519, RFC 7748", () => {
  test.each([
    [
      "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    ],
    [
      "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
      "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
      "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    ],
  ])("section 5.2: %s", (scalar, point, product) => {
    expect(agreement(hex(scalar), hex(point)).toString("hex")).toBe(product);
  });

  test("section 5.2, a thousand times over", () => {
    let k = hex("0900000000000000000000000000000000000000000000000000000000000000");
    let u = k;
    for (let round = 1; round <= 1_000; round++) {
      [k, u] = [agreement(k, u), k];
      if (round === 1)
        expect(k.toString("hex")).toBe("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
    expect(k.toString("hex")).toBe("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
  });

  test("section 6.1", () => {
    const alice = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    const bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    expect(publicKeyOf(alice).toString("hex")).toBe("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    expect(publicKeyOf(bob).toString("hex")).toBe("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    const shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    expect(agreement(alice, publicKeyOf(bob)).toString("hex")).toBe(shared);
    expect(agreement(bob, publicKeyOf(alice)).toString("hex")).toBe(shared);
  });

  test.each([
    ["0000000000000000000000000000000000000000000000000000000000000000"],
    ["0100000000000000000000000000000000000000000000000000000000000000"],
    ["e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"],
    ["ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ])("a public key of small order gives no secret (section 6.1): %s", (point) => {
    expect(() => agreement(generateCurvePair().private, hex(point))).toThrow(SignalError);
  });

  test("a public key has 32 bytes, or 33 that begin with 5", () => {
    const { public: key } = generateCurvePair();
    expect(rawPublicKey(typedPublicKey(key))).toEqual(key);
    expect(rawPublicKey(key)).toEqual(key);
    for (const wrong of [Buffer.alloc(31), Buffer.alloc(33, 6), Buffer.alloc(0), Buffer.alloc(34, 5)])
      expect(() => rawPublicKey(wrong)).toThrow("A public key has 32 bytes");
  });
});

describe("HKDF-SHA256, RFC 5869", () => {
  const cases = [
    ["0b".repeat(22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"], // prettier-ignore
    ["0b".repeat(22), "", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"],
  ] as const;
  test.each(cases)("secret %s, salt %s", (secret, salt, info, expected) => {
    const key = hkdfSha256(hex(secret), hex(salt), hex(info), expected.length / 2);
    expect(key.toString("hex")).toBe(expected);
  });

  test("its HMAC, RFC 4231, case 2", () => {
    const mac = hmacSha256(Buffer.from("Jefe"), Buffer.from("what do ya want "), Buffer.from("for nothing?"));
    expect(mac.toString("hex")).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  });
});

/** The Curve25519 key of an Ed25519 seed, and the sign of its Edwards key. */
const scalarOf = (seed: Buffer): Buffer => createHash("sha512").update(seed).digest().subarray(0, 32);

describe("signatures", () => {
  test.each([
    ["9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"], // prettier-ignore
    ["4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"], // prettier-ignore
    ["c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"], // prettier-ignore
  ])("RFC 8032, section 7.1, seed %s", (seed, message, signature) => {
    expect(signWithSeed(hex(seed), hex(message)).toString("hex")).toBe(signature);
    // As an XEdDSA signature it verifies by the Curve25519 key, with the Edwards key's sign in its last bit.
    const signs = [0, 0x80].map((sign) => {
      const bytes = hex(signature);
      bytes[63] = bytes[63]! | sign;
      return verifyXeddsa(publicKeyOf(scalarOf(hex(seed))), hex(message), bytes);
    });
    expect(signs.filter(Boolean)).toHaveLength(1);
  });

  test("XEdDSA, the vector of Signal's own curve test", () => {
    const signer = hex("ab7e717d4a163b7d9a1d8071dfe9dcf8cdcd1cea3339b6356be84d887e322c64");
    const message = hex("05edce9d9c415ca78cb7252e72c2c4a554d3eb29485a0e1d503118d1a82d99fb4a");
    const signature = hex(
      "5de88ca9a89b4a115da79109c67c9c7464a3e4180274f1cb8c63c2984e286dfbede82deb9dcd9fae0bfbb821569b3d9001bd8130cd11d486cef047bd60b86e88",
    );
    expect(verifyXeddsa(signer, message, signature)).toBe(true);
    for (let bit = 0; bit < 512; bit++) {
      const forged = Buffer.from(signature);
      forged[bit >> 3] = forged[bit >> 3]! ^ (1 << (bit & 7));
      expect(verifyXeddsa(signer, message, forged)).toBe(false);
    }
  });

  test("ours verify, by seed and by scalar, and are bound to signer and message", () => {
    for (let round = 0; round < 20; round++) {
      const [one, other] = [generateSigningPair(), generateCurvePair()];
      const message = Buffer.from(`message ${round}`);
      for (const signature of [signWithSeed(one.seed, message), signXeddsa(one.private, message)]) {
        expect(signature[63]! & 0x80).toBe(0); // the sign of the specification
        expect(verifyXeddsa(one.public, message, signature)).toBe(true);
        expect(verifyXeddsa(other.public, message, signature)).toBe(false);
        expect(verifyXeddsa(one.public, Buffer.from("another"), signature)).toBe(false);
      }
      expect(verifyXeddsa(other.public, message, signXeddsa(other.private, message))).toBe(true);
    }
  });

  test("what is malformed verifies nothing and throws nothing", () => {
    const { public: key, private: secret } = generateCurvePair();
    const signature = signXeddsa(secret, Buffer.from("a"));
    expect(verifyXeddsa(key, Buffer.from("a"), signature.subarray(1))).toBe(false);
    expect(verifyXeddsa(key.subarray(1), Buffer.from("a"), signature)).toBe(false);
    const minusOne = hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"); // u = -1 has no Edwards twin
    expect(verifyXeddsa(minusOne, Buffer.from("a"), signature)).toBe(false);
    expect(verifyXeddsa(Buffer.alloc(32), Buffer.from("a"), Buffer.alloc(64))).toBe(false);
  });
});
