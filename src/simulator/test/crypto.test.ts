import { describe, expect, test } from "bun:test";
import { hkdf } from "../crypto/cipher.ts";
import { agree, keyPairFrom, newKeyPair, rawPublic, sign, typedPublic, verify } from "../crypto/curve.ts";
import { normalizeCode } from "../linking/code.ts";
import { SymmetricState, TransportCipher } from "../noise/cipher.ts";
import { frame, FrameReader } from "../noise/frames.ts";
import { Random } from "../base/random.ts";
import { der } from "../tls/der.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const prologue = hex("57410603");

describe("published vectors", () => {
  test("X25519, RFC 7748 section 6.1", () => {
    const alice = keyPairFrom(hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
    const bob = keyPairFrom(hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
    expect(alice.public).toEqual(hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    expect(bob.public).toEqual(hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    const shared = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    expect(agree(alice, bob.public)).toEqual(shared);
    expect(agree(bob, typedPublic(alice.public))).toEqual(shared);
  });

  test("HKDF-SHA256, RFC 5869 test case 3", () => {
    const expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    expect(hkdf(Buffer.alloc(22, 0x0b), 42, "")).toEqual(hex(expected));
  });

  test("XEdDSA, the vector of Signal's own curve test", () => {
    const signer = hex("ab7e717d4a163b7d9a1d8071dfe9dcf8cdcd1cea3339b6356be84d887e322c64");
    const message = hex("05edce9d9c415ca78cb7252e72c2c4a554d3eb29485a0e1d503118d1a82d99fb4a");
    const signature = hex(
      "5de88ca9a89b4a115da79109c67c9c7464a3e4180274f1cb8c63c2984e286dfbede82deb9dcd9fae0bfbb821569b3d9001bd8130cd11d486cef047bd60b86e88",
    );
    expect(verify(signer, message, signature)).toBe(true);
    for (let at = 0; at < signature.length; at++) {
      const forged = Buffer.from(signature);
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(verify(signer, message, forged)).toBe(false);
    }
  });

  // From the vectors of flynn/noise: XX with payloads, played by the responder's state alone.
  test("Noise_XX_25519_AESGCM_SHA256", () => {
    const initEphemeral = keyPairFrom(hex("202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"));
    const respEphemeral = keyPairFrom(hex("4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60"));
    const respStatic = keyPairFrom(hex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"));
    const initStatic = keyPairFrom(hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    const state = new SymmetricState("XX", Buffer.alloc(0));
    state.mixHash(initEphemeral.public);
    state.mixHash(Buffer.from("test_msg_0"));
    state.mixHash(respEphemeral.public);
    state.mixKey(agree(respEphemeral, initEphemeral.public));
    const sealedStatic = state.sealAndHash(respStatic.public);
    state.mixKey(agree(respStatic, initEphemeral.public));
    const second = Buffer.concat([respEphemeral.public, sealedStatic, state.sealAndHash(Buffer.from("test_msg_1"))]);
    expect(second.toString("hex")).toBe(
      "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484665393019dbd6f438795da206db0886610b26108e424142c2e9b5fd1f7ea70cde8c9f29dcec8d3ab554f4a5330657867fe4917917195c8cf360e08d6dc5f71baf875ec6e3bfc7afda4c9c2",
    );
    const third = hex(
      "e610eadc4b00c17708bf223f29a66f02342fbedf6c0044736544b9271821ae40232c55cd96d1350af861f6a04978f7d5e070c07602c6b84d25a331242a71c50ae31dd4c164267fd48bd2",
    );
    expect(state.openAndHash(third.subarray(0, 48))).toEqual(initStatic.public);
    state.mixKey(agree(respEphemeral, initStatic.public));
    expect(state.openAndHash(third.subarray(48)).toString()).toBe("test_msg_2");
    const [initiatorWrites, responderWrites] = state.split();
    const fourth = hex("9ea1da1ec3bfecfffab213e537ed1791bfa887dd9c631351b3f63d6315ab9a");
    expect(new TransportCipher(initiatorWrites).open(fourth).toString()).toBe("yellowsubmarine");
    const fifth = hex("217c5111fad7afde33bd28abaff3def88a57ab50515115d23a10f28621f842");
    expect(new TransportCipher(responderWrites).seal(Buffer.from("submarineyellow"))).toEqual(fifth);
  });
});

test("a signature is made that verifies, and is bound to signer and message", () => {
  const random = new Random(7);
  const [one, two] = [newKeyPair(random), newKeyPair(random)];
  const signature = sign(one, Buffer.from("yes"));
  expect(verify(one.public, Buffer.from("yes"), signature)).toBe(true);
  expect(verify(one.public, Buffer.from("no"), signature)).toBe(false);
  expect(verify(two.public, Buffer.from("yes"), signature)).toBe(false);
  expect(verify(one.public, Buffer.from("yes"), Buffer.alloc(63))).toBe(false);
  expect(() => rawPublic(Buffer.alloc(31))).toThrow("31 bytes");
});

test("frames are cut out of the stream however it arrives, with and without an edge's routing", () => {
  const routing = Buffer.concat([Buffer.from("ED"), Buffer.from([0, 1, 0, 0, 4]), hex("08080801")]);
  for (const intro of [prologue, Buffer.concat([routing, prologue])]) {
    // The longest needs all three bytes of its length; in single bytes it would only cost time.
    for (const [size, longest] of [
      [1, 700],
      [5, 700],
      [999, 70_000],
      [4096, 70_000],
      [100_000, 70_000],
    ] as const) {
      const stream = Buffer.concat([intro, frame(Buffer.from("one")), frame(Buffer.alloc(longest, 2))]);
      const reader = new FrameReader();
      const frames: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) frames.push(...reader.push(stream.subarray(at, at + size)));
      expect(frames.map((one) => one.length)).toEqual([3, longest]);
      expect(reader.routing?.toString("hex")).toBe(intro === prologue ? undefined : "08080801");
    }
  }
  expect(() => new FrameReader().push(Buffer.from("GET / HTTP/1.1"))).toThrow("the stream starts with 47455420");
});

test("the same seed gives the same bytes, another gives others", () => {
  expect(new Random(1).bytes(40)).toEqual(new Random("1").bytes(40));
  expect(new Random(1).bytes(40)).not.toEqual(new Random(2).bytes(40));
  expect(new Random(1).fork("a").bytes(8)).not.toEqual(new Random(1).fork("b").bytes(8));
  const throws = Array.from({ length: 1000 }, (_, at) => new Random(at).below(6));
  expect(new Set(throws)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
});

test("a typed pairing code is read with or without its dash, and what cannot be one is refused", () => {
  expect(normalizeCode("abcd-1234")).toBe("ABCD1234");
  expect(normalizeCode(" PYSL SH11 ")).toBe("PYSLSH11");
  for (const wrong of ["", "ABCD-123", "ABCD-12345", "ABCD-123O", "ABCD-1230", "ABCI-1234", "ABCU-1234"]) {
    expect(() => normalizeCode(wrong)).toThrow("is no pairing code");
  }
});

test.each([
  ["", "020100"],
  ["0000", "020100"],
  ["7f", "02017f"],
  ["80", "02020080"],
  ["0001", "020101"],
  ["0080ff", "02030080ff"],
])("a serial number of the bytes %p is as short as it goes, and not negative", (bytes, encoded) => {
  expect(der.integer(Buffer.from(bytes, "hex")).toString("hex")).toBe(encoded);
});
