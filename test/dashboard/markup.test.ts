import { expect, test } from "bun:test";
import { spansIn } from "../../src/dashboard/base/markup.ts";

const shown = (text: string) =>
  spansIn(text)
    .map(({ style, text: part }) => (style ? `<${style}>${part}</>` : part))
    .join("");

test.each([
  ["*bold* and _slanted_, ~gone~ `code`", "<strong>bold</> and <em>slanted</>, <s>gone</> <code>code</>"],
  ["```two\nlines```", "<code>two\nlines</>"],
  ["2*3*4 snake_case_name a~b~c", "2*3*4 snake_case_name a~b~c"],
  ["* a list * of stars", "* a list * of stars"],
  ["*not\nover lines*", "*not\nover lines*"],
  ["(*in brackets*)!", "(<strong>in brackets</>)!"],
  ["*é*", "<strong>é</>"],
  ["", ""],
])("%j is shown as %j", (text, html) => {
  expect(shown(text)).toBe(html);
});

test("a long text of marks is read in linear time", () => {
  for (const mark of ["*", "*a ", "`", "```", "_*~"]) expect(spansIn(mark.repeat(20_000)).length).toBeGreaterThan(0);
});
