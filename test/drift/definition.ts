import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FieldTable } from "../../src/whatsapp/codec/fields/known-fields.ts";

/**
 * What a `.proto` file defines. Nested types are named by their path, as `Message.ProtocolMessage`; a field that holds a
 * message or an enum is named `name:Type`. Only what WhatsApp's definitions use is understood.
 */
export function parseDefinition(text: string): FieldTable {
  const tokens = text.replace(/\/\/.*$/gm, "").match(/[\w.]+|[{}=;<>,[\]"]/g) ?? [];
  const types = new Map<string, Map<number, string>>();
  const raw: { owner: string; number: number; name: string; type: string | undefined }[] = [];
  const path: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const [token = "", next = "", after] = tokens.slice(at, at + 3);
    if ((token === "message" || token === "enum") && after === "{") {
      path.push(next);
      types.set(path.join("."), new Map());
      at += 2;
    } else if (token === "oneof") {
      path.push("");
      at += 2;
    } else if (token === "}") path.pop();
    else if (token === "=" && path.length > 0) {
      const owner = path.filter((part) => part !== "").join(".");
      const [type, name = ""] = tokens.slice(at - 2, at);
      const isField = /^[\w.>]+$/.test(type ?? "") && type !== "option" && !/^\d+$/.test(type ?? "");
      const number = Number(next);
      if (Number.isInteger(number)) raw.push({ owner, number, name, type: isField ? type : undefined });
      while (tokens[at] !== ";" && at < tokens.length) at++;
    }
  }
  for (const { owner, number, name, type } of raw) {
    const target = type === undefined ? undefined : resolve(owner, type, types);
    types.get(owner)?.set(number, target === undefined ? name : `${name}:${target}`);
  }
  return types;
}

/** The full name of a type that is named inside another: the nearest one, as protobuf has it. */
function resolve(owner: string, type: string, types: ReadonlyMap<string, unknown>): string | undefined {
  for (let scope = owner.split("."); ; scope = scope.slice(0, -1)) {
    const name = [...scope, type].join(".");
    if (types.has(name)) return name;
    if (scope.length === 0) return undefined;
  }
}

/** One line a type: `Message 1 conversation, 2 senderKeyDistributionMessage:Message.SenderKeyDistributionMessage`. */
export function printDefinition(definition: FieldTable): string {
  const lines = [...definition].map(([type, fields]) => {
    const sorted = [...fields].sort(([one], [other]) => one - other);
    return `${type} ${sorted.map(([number, name]) => `${number} ${name}`).join(", ")}`.trim();
  });
  return `${lines.sort().join("\n")}\n`;
}

/** What changed from one definition to another, a sentence each. */
export function changes(before: FieldTable, after: FieldTable): string[] {
  const gone = [...before.keys()].filter((type) => !after.has(type)).map((type) => `${type} is gone`);
  const rest = [...after].flatMap(([type, fields]) => {
    const known = before.get(type);
    if (!known) return [`${type} is new, with ${[...fields].map(([number, name]) => `${number} ${name}`).join(", ")}`];
    return changedFields(type, known, fields);
  });
  return [...gone, ...rest];
}

function changedFields(type: string, before: ReadonlyMap<number, string>, after: ReadonlyMap<number, string>) {
  const left = [...before].filter(([number]) => !after.has(number));
  const came = [...after].filter(([number, name]) => before.get(number) !== name);
  return [
    ...left.map(([number, name]) => `${type} loses ${number} ${name}`),
    ...came.map(([number, name]) => {
      const old = before.get(number);
      return old === undefined ? `${type} gains ${number} ${name}` : `${type} changes ${number} ${old} to ${name}`;
    }),
  ];
}

/** The definition of the installed Baileys, which is what decodes. */
export function installedDefinition(): FieldTable {
  const file = fileURLToPath(import.meta.resolve("@whiskeysockets/baileys/WAProto/WAProto.proto"));
  return parseDefinition(readFileSync(file, "utf8"));
}
