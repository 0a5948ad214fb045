/** Names that an operator gave, replaced by numbered ones: `shop` becomes `device-1`, everywhere the same. */
export class Aliases {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  of(kind: string, name: string): string {
    // Everybody has these.
    if (name === "default") return name;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const alias = `${kind}-${count}`;
    this.#known.set(name, alias);
    return alias;
  }

  /** Every known name that stands by itself in a text. */
  replaceIn(text: string): string {
    let clean = text;
    for (const [name, alias] of this.#known)
      clean = clean.replaceAll(new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`, "g"), alias);
    return clean;
  }
}
