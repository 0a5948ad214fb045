/** Words for the people who set it: a text, or one for each language, `{ en: "Greeting", id: "Salam" }`. */
export type FieldWords = string | Readonly<Record<string, string>>;

/** What a setting is, as data: validation, defaults, the form and the docs all follow from it. */
export interface FieldShape {
  type: "string" | "integer" | "number" | "boolean" | "choice" | "list" | "group";
  /** What the form calls it. Default: its name. */
  label?: FieldWords;
  description?: FieldWords;
  default?: unknown;
  /** Must be set by somebody: there is no default. */
  required: boolean;
  /** Never shown again once set. */
  secret?: boolean;
  min?: number;
  max?: number;
  pattern?: string;
  /** What a text must be; the error says so in words. */
  format?: "url" | "regexp" | "phone";
  choices?: readonly string[];
  /** Of a list. */
  items?: FieldShape;
  /** Of a group. */
  fields?: Record<string, FieldShape>;
}

declare const value: unique symbol;
/** One setting whose value is a `T`. Made by `t`. */
export interface Field<T> extends FieldShape {
  readonly [value]?: T;
}

export type Fields = Record<string, Field<unknown>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;
/** The values of such fields: `Values<{ city: Field<string> }>` is `{ city: string }`. */
export type Values<C extends Fields> = { readonly [K in keyof C]: ValueOf<C[K]> };

interface Named {
  /** What the form calls it. Default: its name. */
  label?: FieldWords;
  description?: FieldWords;
}
interface Common<T> extends Named {
  default?: T;
}
interface Text extends Common<string> {
  /** Longest, in characters. */
  max?: number;
  min?: number;
  /** A regular expression the whole text must match. */
  pattern?: string;
  /** An http(s) address, a regular expression, or digits with country code. */
  format?: "url" | "regexp" | "phone";
}
interface Amount extends Common<number> {
  min?: number;
  max?: number;
}

function field<T>(shape: Omit<FieldShape, "required">): Field<T> {
  return { ...shape, required: shape.default === undefined };
}

/** Builders of settings. One without a `default` must be set before the plugin starts. */
export const t = {
  string: (options: Text = {}) => field<string>({ type: "string", ...options }),
  /** A key or password: masked wherever it is shown. */
  secret: (options: Text = {}) => field<string>({ type: "string", secret: true, ...options }),
  integer: (options: Amount = {}) => field<number>({ type: "integer", ...options }),
  number: (options: Amount = {}) => field<number>({ type: "number", ...options }),
  boolean: (options: Common<boolean> = {}) => field<boolean>({ type: "boolean", ...options }),
  choice: <const C extends string>(choices: readonly C[], options: Common<C> = {}) =>
    field<C>({ type: "choice", choices, ...options }),
  list: <T>(items: Field<T>, options: Common<T[]> & { max?: number } = {}) =>
    field<T[]>({ type: "list", items, ...options }),
  /** Several settings under one name. */
  group: <const C extends Fields>(fields: C, options: Named = {}): Field<Values<C>> => ({
    type: "group",
    fields,
    required: Object.values(fields).some(({ required }) => required),
    ...options,
  }),
};
