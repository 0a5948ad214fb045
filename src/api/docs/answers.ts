/** By status: what the answer means, and one as it looks. */
export type Answers = Record<number, [meaning: string, example: unknown]>;

/** An operation's entry in OpenAPI. The golden transcripts hold the examples to what is really answered. */
export function operation(summary: string, shared: Answers, own: Answers) {
  const responses = Object.fromEntries(
    Object.entries({ ...shared, ...own }).map(([status, [description, example]]) => [
      status,
      { description, content: { "application/json": { example } } },
    ]),
  );
  return { detail: { summary, responses } };
}
