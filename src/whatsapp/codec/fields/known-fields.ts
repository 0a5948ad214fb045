import installed from "./known-fields.txt" with { type: "text" };
import newer from "./newer-fields.txt" with { type: "text" };

/** Field numbers and their names, by message or enum. A field that holds another one is named `name:Type`. */
export type FieldTable = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Reads one type a line: `Message 1 conversation, 3 imageMessage:Message.ImageMessage`; a `#` begins a comment. */
export function readFieldTable(text: string): FieldTable {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, type = "", fields = ""] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
      const pairs = fields === "" ? [] : fields.split(", ").map((field) => field.split(" "));
      return [type, new Map(pairs.map(([number, name = ""]) => [Number(number), name]))];
    }),
  );
}

let known: FieldTable | undefined;
/** What the installed definition of WhatsApp's protobufs knows. Read on first use. */
export const knownFields = (): FieldTable => (known ??= readFieldTable(installed));

let later: FieldTable | undefined;
/** What is known of newer definitions. */
export const newerFields = (): FieldTable => (later ??= readFieldTable(newer));
