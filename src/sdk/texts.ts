/** Texts by language, then key: `{ en: { hello: "Hi {name}" }, id: { hello: "Halo {name}" } }`. */
export type Texts = Record<string, Record<string, string>>;

/** `{name}` in the text of `key` in the first language that has it; the key itself when none has. */
export function translate(
  texts: Texts,
  languages: readonly string[],
  key: string,
  values: Record<string, unknown> = {},
) {
  const text = languages.map((language) => texts[language]?.[key]).find((found) => found !== undefined) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
