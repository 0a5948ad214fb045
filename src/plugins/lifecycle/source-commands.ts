import { parse } from "acorn";
import { readPattern } from "../contract/pattern.ts";
import type { PluginCommand } from "../../core/ports/plugins.ts";
import { transpiled } from "./source-manifest.ts";

interface SyntaxNode {
  type: string;
  [field: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";

/** The commands that stand in a plugin's source, which is read and not run. One whose pattern is put together is left out. */
export function sourceCommands(source: string, file: string): PluginCommand[] {
  const found: PluginCommand[] = [];
  visit(parse(transpiled(source, file), { ecmaVersion: "latest", sourceType: "module" }) as never, (node) => {
    const command = node.type === "CallExpression" ? commandIn(node) : null;
    if (command) found.push(command);
  });
  return found;
}

function visit(node: SyntaxNode, see: (node: SyntaxNode) => void): void {
  see(node);
  for (const value of Object.values(node))
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(each)) visit(each, see);
}

function commandIn({ callee, arguments: given }: SyntaxNode): PluginCommand | null {
  const called = isNode(callee) && callee.type === "MemberExpression" ? callee["property"] : callee;
  const [pattern, options] = given as [SyntaxNode?, SyntaxNode?];
  if (!isNode(called) || called["name"] !== "command" || typeof pattern?.["value"] !== "string") return null;
  try {
    const { name, usage } = readPattern(pattern["value"]);
    if (optionIn(options, "hidden") === true) return null;
    const description = optionIn(options, "description");
    return { name, usage, description: typeof description === "string" ? description : "" };
  } catch {
    // Its author is told when it is loaded.
    return null;
  }
}

function optionIn(options: SyntaxNode | undefined, name: string): unknown {
  if (options?.type !== "ObjectExpression") return undefined;
  const property = (options["properties"] as SyntaxNode[]).find(
    ({ key }) => isNode(key) && (key["name"] ?? key["value"]) === name,
  );
  return isNode(property?.["value"]) ? property["value"]["value"] : undefined;
}
