import type { Expression, ModuleDeclaration, Program, Property, SpreadElement, Statement } from "acorn";
import { t } from "../../sdk/index.ts";

/** Something that only running the source could tell. */
export class NotLiteral extends Error {
  override readonly name = "NotLiteral";
}

type Node = Expression | Property | SpreadElement | { type: string };

/** What stands in a module, read and never run: literals, constants of the same file, and the fields of settings (`t.string()`). */
export class ModuleReader {
  readonly #constants = new Map<string, Expression>();
  readonly #body: readonly (Statement | ModuleDeclaration)[];

  constructor(program: Program) {
    this.#body = program.body;
    for (const each of program.body)
      if (each.type === "VariableDeclaration" && each.kind === "const")
        for (const { id, init } of each.declarations)
          if (id.type === "Identifier" && init) this.#constants.set(id.name, init);
  }

  /** What is exported as default; null when nothing is. Throws `NotLiteral` when it comes from elsewhere. */
  get exported(): Expression | null {
    for (const each of this.#body) {
      if (each.type === "ExportDefaultDeclaration") return this.resolved(each.declaration as Expression);
      if (each.type !== "ExportNamedDeclaration") continue;
      const found = each.specifiers.find(({ exported }) => nameOf(exported) === "default");
      if (found && each.source) throw new NotLiteral("the plugin must stand in this file, not in one that it exports");
      if (found) return this.resolved(found.local);
    }
    return null;
  }

  /** What a constant stands for. */
  resolved(node: Expression): Expression {
    const constant = node.type === "Identifier" ? this.#constants.get(node.name) : undefined;
    return constant ? this.resolved(constant) : node;
  }

  /** Throws `NotLiteral`. */
  value(node: Node): unknown {
    const at = this.resolved(node as Expression);
    switch (at.type) {
      case "Literal":
        return at.value;
      case "TemplateLiteral":
        if (at.expressions.length > 0) break;
        return at.quasis[0]?.value.cooked ?? "";
      case "ArrayExpression":
        return at.elements.map((each) => (each === null ? undefined : this.value(each)));
      case "ObjectExpression":
        return Object.fromEntries(
          at.properties.map((each) => [this.keyOf(each), this.value((each as Property).value)]),
        );
      case "UnaryExpression":
        if (at.operator !== "-" || at.argument.type !== "Literal") break;
        return -Number(at.argument.value);
      case "CallExpression":
        return this.#field(at.callee as Expression, at.arguments);
    }
    throw new NotLiteral("it must be written out");
  }

  /** Throws `NotLiteral` for a computed key, and for what is spread. */
  keyOf(node: Property | SpreadElement): string {
    if (node.type !== "Property" || node.computed) throw new NotLiteral("its fields must be written out");
    return nameOf(node.key);
  }

  /** A field of the settings, which is made by a function of ours. */
  #field(callee: Expression, given: readonly Node[]): unknown {
    if (callee.type === "MemberExpression" && callee.object.type === "Identifier" && callee.object.name === "t") {
      const make = Object.entries(t).find(([name]) => name === nameOf(callee.property as Expression))?.[1];
      if (make && !callee.computed)
        return (make as (...args: unknown[]) => unknown)(...given.map((each) => this.value(each)));
    }
    throw new NotLiteral("it must be written out");
  }
}

function nameOf(node: { type: string; name?: unknown; value?: unknown }): string {
  return String(node.type === "Identifier" ? node.name : node.value);
}
