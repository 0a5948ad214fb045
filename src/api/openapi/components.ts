/** JSON, as the description holds it. */
export type Json = { readonly [name: string]: unknown };

/** A title that names a component; other titles are words for people. */
const componentName = /^[A-Z][A-Za-z0-9]*$/;

/**
 * Turns TypeBox schemas into those of OpenAPI 3.1. A schema with a title such as `Device` stands once among the components,
 * and everything else refers to it.
 */
export class Components {
  readonly #schemas = new Map<string, Json>();
  readonly #responses = new Map<string, Json>();
  /** Schemas that were turned into components before. */
  readonly #known = new Set<unknown>();

  /** By name, in the order of their names. */
  schemas(): Json {
    return Object.fromEntries([...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Refers to a response, made once. */
  response(name: string, make: () => Json): Json {
    if (!this.#responses.has(name)) this.#responses.set(name, make());
    return { $ref: `#/components/responses/${name}` };
  }

  responses(): Json {
    return Object.fromEntries(this.#responses);
  }

  /** `strict`: of a request whose unknown fields are refused. */
  schema(given: unknown, strict = false): Json {
    const schema = given as Json;
    const { title } = schema;
    if (typeof title !== "string" || !componentName.test(title)) return this.#plain(schema, strict);
    if (!this.#known.has(schema)) this.#keep(title, this.#plain(schema, strict));
    this.#known.add(schema);
    return { $ref: `#/components/schemas/${title}` };
  }

  #keep(title: string, schema: Json): void {
    const known = this.#schemas.get(title);
    if (known && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`Two different schemas are called ${title}: give one of them another title.`);
    this.#schemas.set(title, schema);
  }

  #plain(schema: Json, strict: boolean): Json {
    const { $id: _id, openapi, patternProperties, nullable: _nullable, ...rest } = schema;
    if (openapi !== undefined) return { ...described(schema), ...this.schema(openapi, strict) };
    const plain = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, this.#part(name, value, strict)]),
    );
    if (patternProperties !== undefined) {
      const [values] = Object.values(patternProperties as Json);
      return { ...plain, additionalProperties: this.schema(values, strict) };
    }
    if (strict && plain["properties"] !== undefined) return { additionalProperties: false, ...plain };
    return listed(typed(plain));
  }

  /** What stands in a schema under one of JSON Schema's own words. */
  #part(name: string, value: unknown, strict: boolean): unknown {
    if (Array.isArray(value)) return unions.has(name) ? value.map((each) => this.schema(each, strict)) : value;
    if (typeof value !== "object" || value === null) return value;
    if (name === "properties")
      return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, this.schema(each, strict)]));
    return schemas.has(name) ? this.schema(value, strict) : value;
  }
}

const unions = new Set(["anyOf", "oneOf", "allOf"]);
const schemas = new Set(["items", "additionalProperties", "not"]);
const described = ({ description }: Json): Json => (description === undefined ? {} : { description });

/** Texts that Elysia reads as something else: a client sends what it is. */
const coerced = new Set(["integer", "numeric", "boolean", "ObjectString", "ArrayString"]);

/** Elysia's numbers are unions with the text that says them. */
function typed(schema: Json): Json {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const kept = anyOf.filter(({ type, format }: Json) => type !== "string" || !coerced.has(String(format)));
  return kept.length === 1 ? { ...kept[0], ...rest } : { ...schema, anyOf: kept };
}

/** A union of nothing but words is a list of them. */
function listed(schema: Json): Json {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length === 0) return schema;
  const words = anyOf.map((each: Json) => (Object.keys(each).length === 2 ? each["const"] : undefined));
  if (!words.every((word) => typeof word === "string")) return schema;
  return { type: "string", enum: words, ...rest };
}
