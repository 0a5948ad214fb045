/** What a message of WhatsApp's holds, and what comes around it. */
export const wellKnownRoots = ["Message", "WebMessageInfo"];

/** By the words of a `.proto` file. All that is not here is a message or an enum. */
const codes: Readonly<Record<string, string>> = {
  string: "s",
  bytes: "b",
  bool: "o",
  double: "d",
  float: "f",
  fixed32: "4",
  sfixed32: "4",
  fixed64: "8",
  sfixed64: "8",
  sint32: "z",
  sint64: "z",
  int32: "v",
  int64: "v",
  uint32: "v",
  uint64: "v",
};

interface FieldLine {
  number: number;
  name: string;
  type: string;
  repeated: boolean;
}

/** One type a line: its name, then of each field number, name and code; `*` behind the code is "repeated". */
export function printMessages(text: string, version: string, roots: readonly string[]): string {
  const { messages, enums } = parsed(text);
  const kept = new Map<string, string>();
  const keep = (name: string): void => {
    const fields = messages.get(name);
    if (!fields || kept.has(name)) return;
    kept.set(name, "");
    const lines = fields
      .toSorted((a, b) => a.number - b.number)
      .map((field) => {
        const code = codes[field.type] ?? codeOf(resolve(name, field.type, messages, enums), enums);
        if (!code) return null;
        if (code.startsWith("@")) keep(code.slice(1));
        return `${field.number} ${field.name} ${code}${field.repeated ? "*" : ""}`;
      });
    kept.set(name, lines.filter((line) => line !== null).join(", "));
  };
  roots.forEach(keep);
  const head = [
    `# Messages of WhatsApp: @wppconnect/wa-proto ${version}, under the Apache License 2.0 (see NOTICE), written anew as a`,
    "# table of what Message and WebMessageInfo hold by test/drift/messages.ts. Codes: s text, b bytes, v number, z zigzag,",
    "# o yes or no, d double, f float, 4 and 8 fixed, @ another of these; * repeated.",
  ];
  const lines = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, fields]) => `${name}: ${fields}`.trim());
  return `${[...head, ...lines].join("\n")}\n`;
}

const codeOf = (type: string | undefined, enums: ReadonlySet<string>): string | null =>
  type === undefined ? null : enums.has(type) ? "v" : `@${type}`;

function parsed(text: string) {
  const messages = new Map<string, FieldLine[]>();
  const enums = new Set<string>();
  const path: { name: string; kind: string }[] = [];
  const here = () =>
    path
      .filter(({ name }) => name !== "")
      .map(({ name }) => name)
      .join(".");
  for (const line of text.replace(/\/\/.*$/gm, "").split("\n")) {
    const opened = /^\s*(message|enum|oneof)\s+(\w+)\s*\{/.exec(line);
    if (opened) {
      const [, kind = "", name = ""] = opened;
      path.push({ name: kind === "oneof" ? "" : name, kind });
      if (kind === "message") messages.set(here(), []);
      if (kind === "enum") enums.add(here());
      continue;
    }
    const field = /^\s*(?:(optional|required|repeated)\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)/.exec(line);
    if (field && path.at(-1)?.kind !== "enum") {
      const [, label, type = "", name = "", number] = field;
      messages.get(here())?.push({ number: Number(number), name, type, repeated: label === "repeated" });
    }
    if (/^\s*\}/.test(line)) path.pop();
  }
  return { messages, enums };
}

/** The full name of a type that is named inside another: the nearest one, as protobuf has it. */
function resolve(
  owner: string,
  type: string,
  messages: ReadonlyMap<string, unknown>,
  enums: ReadonlySet<string>,
): string | undefined {
  for (let scope = owner.split("."); ; scope = scope.slice(0, -1)) {
    const name = [...scope, type].join(".");
    if (messages.has(name) || enums.has(name)) return name;
    if (scope.length === 0) return undefined;
  }
}
