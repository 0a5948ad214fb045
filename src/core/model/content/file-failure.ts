import { Failure } from "../../base/failure.ts";

/** What a file inside a content is refused with, naming its place: `content.files.3.url` for `content.url`. */
export function fileFailure({ code, message, field = "", retryAfter, cause }: Failure, place: string): Failure {
  const within = field.startsWith("content.") ? field.replace("content", place) : place;
  const sentence = message.replace(`"${field}"`, `"${within}"`);
  return new Failure(code, sentence.includes(place) ? sentence : `"${place}": ${message}`, {
    cause,
    field: within,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
