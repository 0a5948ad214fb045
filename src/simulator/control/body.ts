/** What was asked for cannot be done as asked; the message is the answer, with status 400. */
export class BadRequest extends Error {}

/** The JSON object in a request, with typed access to its fields. */
export class Body {
  readonly #fields: Map<string, unknown>;

  private constructor(fields: Map<string, unknown>) {
    this.#fields = fields;
  }

  static async of(request: Request): Promise<Body> {
    const text = await request.text();
    if (text === "") return new Body(new Map());
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      throw new BadRequest("the body is not JSON");
    }
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      throw new BadRequest("the body must be a JSON object");
    }
    return new Body(new Map(Object.entries(parsed)));
  }

  text(name: string): string {
    const value = this.maybeText(name);
    if (value === undefined) throw new BadRequest(`the field "${name}" is missing`);
    return value;
  }

  maybeText(name: string): string | undefined {
    const value = this.#fields.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string") throw new BadRequest(`the field "${name}" must be text`);
    return value;
  }

  maybeNumber(name: string): number | undefined {
    const value = this.#fields.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number") throw new BadRequest(`the field "${name}" must be a number`);
    return value;
  }

  maybeFlag(name: string): boolean | undefined {
    const value = this.#fields.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== "boolean") throw new BadRequest(`the field "${name}" must be true or false`);
    return value;
  }

  texts(name: string): string[] {
    const value = this.#fields.get(name);
    const all: unknown[] = Array.isArray(value) ? value : [];
    const texts = all.filter((one) => typeof one === "string");
    if (texts.length === 0 || texts.length !== all.length)
      throw new BadRequest(`the field "${name}" must be a list of texts`);
    return texts;
  }

  maybeObject(name: string): Record<string, unknown> | undefined {
    const value = this.#fields.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== "object" || value === null) throw new BadRequest(`the field "${name}" must be an object`);
    return Object.fromEntries(Object.entries(value));
  }

  /** One of a closed list of words. */
  word<T extends string>(name: string, words: readonly T[]): T {
    const word = this.maybeWord(name, words);
    if (word === undefined) throw new BadRequest(`the field "${name}" must be one of ${words.join(", ")}`);
    return word;
  }

  maybeWord<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.maybeText(name);
    const word = words.find((one) => one === value);
    if (value !== undefined && word === undefined) {
      throw new BadRequest(`the field "${name}" must be one of ${words.join(", ")}`);
    }
    return word;
  }
}
