/**
 * Why the bot did not do what a plugin asked. `code` is one of the bot's failure codes (`forbidden`, `rate_limited`,
 * `not_linked`, …), or `said` for one of your own; `message` is a sentence. Throw one in a command, an
 * answer or an `on("message.…")` to answer its sentence to the user.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    message: string,
    readonly code = "said",
  ) {
    super(message);
  }
}
