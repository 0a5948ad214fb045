import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { libraryFolder, type Library, loadLibrary } from "./library.ts";

/** A mistake in one line of the library that the fuzz must find. */
export interface Fault {
  name: string;
  file: string;
  right: string;
  wrong: string;
}

export const faults: readonly Fault[] = [
  {
    name: "the MAC is not compared whole",
    file: "double-ratchet.ts",
    right: "if (!timingSafeEqual(mac, message.subarray(-macLength)))",
    wrong: "if (mac[0] !== message.at(-macLength))",
  },
  {
    name: "the MAC has a byte more",
    file: "signal-message.ts",
    right: "export const macLength = 8;",
    wrong: "export const macLength = 9;",
  },
  {
    name: "the receiving chain does not advance",
    file: "double-ratchet.ts",
    right: "chain.next = counter + 1;",
    wrong: "chain.next = counter;",
  },
  {
    name: "a skipped key is kept when it was used",
    file: "double-ratchet.ts",
    right: "chain.skipped = skippedKeys.without(skipped, place);",
    wrong: "chain.skipped = Buffer.from(skipped);",
  },
  {
    name: "keys of a chain that ends are not kept",
    file: "double-ratchet.ts",
    right: "lastCounter >= chain.next)",
    wrong: "lastCounter > chain.next + 1_000)",
  },
  {
    name: "a session is overwritten by a try that failed",
    file: "session-cipher.ts",
    right: "  const plaintext = tried(state, local, read.message, read.parts);\n  record.put(place, state);",
    wrong:
      "  const plaintext = ((): Buffer => { try { return ratchetDecrypt(state, local.identity.public, read.message); } finally { record.put(place, state); } })();",
  },
  {
    name: "the one-time pre-key is not agreed with",
    file: "x3dh.ts",
    right: "...(preKey ? [agreement(preKey.private, baseKey)] : [])",
    wrong: "",
  },
  {
    name: "the spent pre-key is not told",
    file: "session-cipher.ts",
    right: "spentPreKey: first.preKeyId,",
    wrong: "spentPreKey: null,",
  },
  {
    name: "a session that was answered is begun again",
    file: "double-ratchet.ts",
    right: "  state.pending = null;\n",
    wrong: "",
  },
  {
    name: "one receiving chain is kept",
    file: "bounds.ts",
    right: "maxReceivingChains = 5",
    wrong: "maxReceivingChains = 1",
  },
  {
    name: "only the newest session is tried",
    file: "session-record.ts",
    right: "return [...knows, ...places.filter((place) => !knows.includes(place))];",
    wrong: "return places.slice(0, 1);",
  },
  {
    name: "the former counter is not told",
    file: "double-ratchet.ts",
    right: "state.previousCounter = sending ? Math.max(0, sending.next - 1) : 0;",
    wrong: "state.previousCounter = 0;",
  },
  {
    name: "a sender key seals twice with one step",
    file: "group-cipher.ts",
    right: "  state.next += 1;\n  wipe(seed, keys.all, chainKey);",
    wrong: "",
  },
  {
    name: "the signature of a sender key is not checked",
    file: "group-cipher.ts",
    right: "if (!verifyXeddsa(state.signingKey, body, bytes.subarray(-signatureLength)))",
    wrong: "if (bytes.length === 0)",
  },
  {
    name: "a sender key that is told again forgets what is under way",
    file: "group-cipher.ts",
    right: "[reaches ? known : told, ...others]",
    wrong: "[told, ...others]",
  },
];

const artefacts = join(import.meta.dir, "../../../artefacts");

/** The library with one fault in it: a copy inside the project, where its packages are found. */
export async function withFault({ file, right, wrong, name }: Fault): Promise<{ library: Library } & Disposable> {
  mkdirSync(artefacts, { recursive: true });
  const folder = mkdtempSync(join(artefacts, "fault-"));
  cpSync(libraryFolder, folder, { recursive: true });
  const path = join(folder, file);
  const source = readFileSync(path, "utf8");
  if (source.split(right).length !== 2) throw new Error(`"${name}": ${file} does not have its line once`);
  writeFileSync(
    path,
    source.replace(right, () => wrong),
  );
  return { library: await loadLibrary(folder), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
