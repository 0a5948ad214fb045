import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** Tells whether answers are what OpenAPI says, and which of its fields were seen. Unknown fields are faults here. */

type Json = { readonly [name: string]: unknown };
interface Content {
  readonly schema: Json;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { $ref?: string; content?: Record<string, Content> }>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Json;
}

export class Conformance {
  readonly #document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
  /** Pointers of properties that some answer had. */
  readonly #seen = new Set<string>();

  constructor(document: OpenApi) {
    this.#document = closed(document) as OpenApi;
    addFormats.default(this.#ajv);
    this.#ajv.addFormat("binary", true);
    this.#ajv.addSchema(this.#document, "openapi");
  }

  /** The template and the operation that a request belongs to; null of what is none. */
  operation(method: string, path: string): { name: string; template: string; operation: Operation } | null {
    const bare = (path.split("?")[0] ?? "").replace(/(?<=.)\/$/, "");
    let best: string | null = null;
    for (const template of Object.keys(this.#document.paths)) {
      const pattern = new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
      if (!pattern.test(bare) || !this.#document.paths[template]?.[method.toLowerCase()]) continue;
      // What is fixed comes before what is any.
      if (best === null || count(template) < count(best)) best = template;
    }
    const operation = best === null ? undefined : this.#document.paths[best]?.[method.toLowerCase()];
    return best === null || !operation ? null : { name: `${method} ${best}`, template: best, operation };
  }

  /** What is wrong with an answer; null when nothing, and of requests that belong to no operation. */
  fault(method: string, path: string, response: Response, body: unknown): string | null {
    const found = this.operation(method, path);
    if (found === null) return null;
    const { status, headers } = response;
    const type = headers.get("content-type")?.split(";")[0] ?? null;
    const name = `${found.name} ${status}`;
    const at = this.#responseAt(found.template, method, found.operation, status);
    if (at === null) return `${name} is not documented: ${JSON.stringify(body)}`;
    const types = (this.#get(at) as { content?: Record<string, Content> }).content ?? {};
    const known = Object.keys(types).find((each) => type !== null && fits(each, type));
    if (known === undefined) return type === null || status === 416 ? null : `${name}: its type is ${type}`;
    if (known !== "application/json") return null;
    return this.#check(`${at}/content/${escaped(known)}/schema`, body, name);
  }

  /** The same of a value that a component describes. */
  value(component: string, value: unknown): string | null {
    return this.#check(`/components/schemas/${component}`, value, component);
  }

  /** The same of a value that the schema at a pointer describes. */
  at(pointer: string, value: unknown): string | null {
    return this.#check(pointer, value, pointer);
  }

  /** Pointers of properties of answers that nothing seen had. */
  unseen(): string[] {
    const all = new Set<string>();
    for (const [template, operations] of Object.entries(this.#document.paths))
      for (const [method, operation] of Object.entries(operations))
        for (const status of Object.keys(operation.responses)) {
          const at = this.#responseAt(template, method, operation, Number(status)) ?? "";
          const types = (this.#get(at) as { content?: Record<string, Content> }).content ?? {};
          if (types["application/json"]) this.#collect(`${at}/content/application~1json/schema`, all, new Set());
        }
    return [...all].filter((pointer) => !this.#seen.has(pointer));
  }

  #responseAt(template: string, method: string, { responses }: Operation, status: number): string | null {
    const response = responses[status];
    if (response === undefined) return null;
    if (response.$ref !== undefined) return response.$ref.slice(1);
    return `/paths/${escaped(template)}/${method.toLowerCase()}/responses/${status}`;
  }

  #check(pointer: string, value: unknown, name: string): string | null {
    const validate = this.#validator(pointer);
    if (!validate(value)) {
      const [error] = validate.errors ?? [];
      return `${name}: ${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)} in ${JSON.stringify(value).slice(0, 2_000)}`;
    }
    this.#note(pointer, value);
    return null;
  }

  #validator(pointer: string) {
    return this.#ajv.getSchema(`openapi#${pointer}`) ?? this.#ajv.compile({ $ref: `openapi#${pointer}` });
  }

  #get(pointer: string): unknown {
    const parts = pointer.split("/").slice(1).map(unescaped);
    return parts.reduce<unknown>((value, part) => (value as Json)[part], this.#document);
  }

  /** Where a schema stands that this one may refer to. */
  #at(pointer: string): string {
    const { $ref } = this.#get(pointer) as { $ref?: string };
    return $ref === undefined ? pointer : this.#at($ref.slice(1));
  }

  #note(given: string, value: unknown): void {
    const pointer = this.#at(given);
    const schema = this.#get(pointer) as Json;
    for (const [place] of ((schema["anyOf"] ?? schema["oneOf"] ?? []) as unknown[]).entries()) {
      const branch = `${pointer}/${"anyOf" in schema ? "anyOf" : "oneOf"}/${place}`;
      if (this.#validator(branch)(value)) this.#note(branch, value);
    }
    if (Array.isArray(value)) {
      if ("items" in schema) for (const each of value) this.#note(`${pointer}/items`, each);
    } else if (typeof value === "object" && value !== null)
      for (const [name, each] of Object.entries(value)) {
        const at = `${pointer}/properties/${escaped(name)}`;
        if (name in ((schema["properties"] ?? {}) as Json)) {
          this.#seen.add(at);
          this.#note(at, each);
        } else if (typeof schema["additionalProperties"] === "object")
          this.#note(`${pointer}/additionalProperties`, each);
      }
  }

  #collect(given: string, into: Set<string>, done: Set<string>): void {
    const pointer = this.#at(given);
    if (done.has(pointer)) return;
    done.add(pointer);
    const schema = this.#get(pointer) as Json;
    for (const union of ["anyOf", "oneOf"])
      for (const [place] of ((schema[union] ?? []) as unknown[]).entries())
        this.#collect(`${pointer}/${union}/${place}`, into, done);
    for (const one of ["items", "additionalProperties"])
      if (typeof schema[one] === "object") this.#collect(`${pointer}/${one}`, into, done);
    for (const name of Object.keys(schema["properties"] ?? {})) {
      const at = `${pointer}/properties/${escaped(name)}`;
      into.add(at);
      this.#collect(at, into, done);
    }
  }
}

const count = (template: string): number => template.split("{").length;
const escaped = (part: string): string => part.replaceAll("~", "~0").replaceAll("/", "~1");
const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");
const fits = (pattern: string, type: string): boolean =>
  pattern === type || (pattern.endsWith("/*") && type.startsWith(pattern.slice(0, -1)));

/** The same with no field allowed in an object but those that are named. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each)]));
  return all["type"] === "object" && "properties" in all && !("additionalProperties" in all)
    ? { ...all, additionalProperties: false }
    : all;
}
