import { Failure } from "./failure.ts";

/** A file of more than `limit` bytes. */
export const fileTooLarge = (limit: number): Failure =>
  new Failure("too_large", `The file is larger than ${Math.floor(limit / 2 ** 20)} MB, the limit here (MEDIA_MAX_MB).`);
