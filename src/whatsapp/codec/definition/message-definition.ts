import table from "./messages.txt" with { type: "text" };

/** `s` text, `b` bytes, `v` number, `z` zigzag, `o` yes or no, `d` double, `f` float, `4` and `8` fixed, `@` a message. */
export type FieldCode = "s" | "b" | "v" | "z" | "o" | "d" | "f" | "4" | "8" | "@";

export interface FieldDefinition {
  readonly name: string;
  readonly code: FieldCode;
  /** The message it holds, by its name; empty of every other field. */
  readonly type: string;
  readonly repeated: boolean;
}
export type TypeDefinition = ReadonlyMap<number, FieldDefinition>;

let lines: ReadonlyMap<string, string> | undefined;
const types = new Map<string, TypeDefinition>();

/** A type of the table, read on first use. Throws on one that is not there. */
export function typeDefinition(name: string): TypeDefinition {
  const known = types.get(name);
  if (known) return known;
  lines ??= new Map(
    table
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const line = lines.get(name);
  if (line === undefined) throw new Error(`no message is named ${name}`);
  const read = new Map(line === "" ? [] : line.split(", ").map((field) => fieldOf(field)));
  types.set(name, read);
  return read;
}

function fieldOf(text: string): [number, FieldDefinition] {
  const [number, name = "", code = ""] = text.split(" ");
  const repeated = code.endsWith("*");
  const plain = repeated ? code.slice(0, -1) : code;
  return [
    Number(number),
    {
      name,
      code: plain.charAt(0) as FieldCode,
      type: plain.startsWith("@") ? plain.slice(1) : "",
      repeated,
    },
  ];
}

/** Fields of `Message` that are only an envelope around another one, by their shape: `{1: Message}`. */
export function envelopeNames(): string[] {
  return [...typeDefinition("Message").values()]
    .filter(({ type }) => type === "Message.FutureProofMessage")
    .map(({ name }) => name);
}
