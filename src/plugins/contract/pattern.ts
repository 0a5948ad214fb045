/** `"weather <city:text> [days:int]"`, read. */
export interface Pattern {
  name: string;
  parts: Part[];
  /** `<city> [days]`, for people. */
  usage: string;
}

interface Part {
  name: string;
  kind: "word" | "text" | "int" | "number" | "phone" | "person" | "choice";
  choices: readonly string[];
  optional: boolean;
}

export type Parsed = { args: Record<string, string | number> } | { wrong: string };

const kinds = ["word", "text", "int", "number", "phone", "person"] as const;
const grammar = /^\s*([<[])\s*([A-Za-z_]\w*)\s*(?::\s*([^\]>]+?)\s*)?([>\]])/;

/** Throws a sentence that names the flaw. */
export function readPattern(pattern: string): Pattern {
  const [head = "", ...rest] = pattern.trim().split(/(?<=^\S+)\s/);
  if (!/^[^\s<>[\]]{1,32}$/.test(head))
    throw new Error(`command "${pattern}": begins with its name, one word without < or [`);
  const parts: Part[] = [];
  let left = rest.join(" ");
  while (left.trim() !== "") {
    const match = grammar.exec(left);
    if (!match || (match[1] === "<") !== (match[4] === ">"))
      throw new Error(`command "${pattern}": "${left.trim()}" is not <name:kind> or [name:kind]`);
    parts.push(readPart(pattern, match[2] ?? "", match[3] ?? "word", match[1] === "["));
    left = left.slice(match[0].length);
  }
  checkOrder(pattern, parts);
  return { name: head.toLowerCase(), parts, usage: parts.map(shown).join(" ") };
}

function readPart(pattern: string, name: string, kind: string, optional: boolean): Part {
  if (kind.includes("|"))
    return { name, kind: "choice", choices: kind.split("|").map((choice) => choice.trim()), optional };
  const known = kinds.find((candidate) => candidate === kind);
  if (!known)
    throw new Error(`command "${pattern}": "${kind}" is no kind; use ${kinds.join(", ")} or a choice like small|large`);
  return { name, kind: known, choices: [], optional };
}

function checkOrder(pattern: string, parts: readonly Part[]): void {
  const flaw = parts.find((part, i) => !part.optional && parts[i - 1]?.optional);
  if (flaw) throw new Error(`command "${pattern}": <${flaw.name}> stands after an optional argument`);
  const greedy = parts.slice(0, -1).filter((part) => part.kind === "text");
  if (
    greedy.length > 1 ||
    (greedy.length === 1 && parts.some(({ kind }, i) => i > 0 && kind === "text" && parts[i - 1]?.kind === "text"))
  )
    throw new Error(`command "${pattern}": one text argument is enough`);
}

const shown = (part: Part) => {
  const inner = part.kind === "choice" ? part.choices.join("|") : part.name;
  return part.optional ? `[${inner}]` : `<${inner}>`;
};

const word = /\s*(?:"([^"]*)"|(\S+))/y;

/** The arguments in what follows the command's name, or what is wrong with them. `mentions`: JIDs named in the message. */
export function parseArgs(pattern: Pattern, rest: string, mentions: readonly string[] = []): Parsed {
  const args: Record<string, string | number> = {};
  let left = rest.trim();
  for (const [index, part] of pattern.parts.entries()) {
    const taken = part.kind === "text" ? takeText(pattern.parts.slice(index + 1), left, mentions) : takeWord(left);
    if (taken.text === "") {
      if (part.optional) continue;
      return { wrong: `${part.name} is missing` };
    }
    const value = read(part, taken.text, mentions);
    if (value === null) return { wrong: `${part.name} ${wanted(part)}, not "${taken.text}"` };
    args[part.name] = value;
    left = taken.left;
  }
  return left === "" ? { args } : { wrong: `"${left}" is too much` };
}

function takeWord(left: string): { text: string; left: string } {
  word.lastIndex = 0;
  const match = word.exec(left);
  return match ? { text: match[1] ?? match[2] ?? "", left: left.slice(word.lastIndex).trim() } : { text: "", left: "" };
}

/** A text takes everything but the last words that the arguments after it can use: `weather new york 3`. */
function takeText(after: readonly Part[], left: string, mentions: readonly string[]): { text: string; left: string } {
  if (after.length === 0) return { text: left, left: "" };
  if (left.startsWith('"')) return takeWord(left);
  const words = left.split(/\s+/);
  for (let count = Math.min(after.length, words.length - 1); count > 0; count--) {
    const tail = words.slice(-count);
    const fits = tail.every((text, i) => after[i] !== undefined && read(after[i], text, mentions) !== null);
    if (fits && after.slice(count).every(({ optional }) => optional))
      return { text: words.slice(0, -count).join(" "), left: tail.join(" ") };
  }
  // Nothing fits: what must follow is the last words all the same, so that the flaw is named where it is.
  const needed = after.filter(({ optional }) => !optional).length;
  if (needed === 0 || words.length <= needed) return { text: left, left: "" };
  return { text: words.slice(0, -needed).join(" "), left: words.slice(-needed).join(" ") };
}

function read(part: Part, text: string, mentions: readonly string[]): string | number | null {
  switch (part.kind) {
    case "int":
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : null;
    case "number":
      return /^[+-]?\d{1,15}([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : null;
    case "phone":
      return phoneOf(text);
    case "person": {
      const mentioned = mentions.find((jid) => jid.split(/[@:]/)[0] === text.replace(/^@/, ""));
      const phone = phoneOf(text);
      return mentioned ?? (phone === null ? null : `${phone}@s.whatsapp.net`);
    }
    case "choice":
      return part.choices.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? null;
    default:
      return text;
  }
}

function wanted(part: Part): string {
  switch (part.kind) {
    case "int":
      return "takes a whole number";
    case "number":
      return "takes a number";
    case "phone":
      return "takes a phone number with country code";
    case "person":
      return "takes a mention or a phone number with country code";
    default:
      return `takes ${part.choices.join(", ")}`;
  }
}

function phoneOf(text: string): string | null {
  const digits = text.replace(/^[+@]/, "").replace(/[\s()-]/g, "");
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : null;
}
