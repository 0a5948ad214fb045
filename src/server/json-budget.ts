import { Failure } from "../core/base/failure.ts";

/** No body of ours has a tenth of it; what checks bodies looks at one level by level. */
const mostLevels = 64;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * Throws `invalid` for JSON that nests too deep and `too_large` for one that holds more than `most` of `[{,:`, in one
 * pass over the bytes and before anything is parsed: what parses and checks a body takes time for each value in it.
 */
export function needPlain(json: Uint8Array, most: number): void {
  let depth = 0;
  let count = 0;
  let texts = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case quote:
        at = endOfText(json, at);
        // Two texts beside each other are no JSON, but would be looked at as long.
        if (++texts > most + 1) throw tooMany(most);
        break;
      case openList:
      case openObject:
        if (++depth > mostLevels) throw tooDeep();
        if (++count > most) throw tooMany(most);
        break;
      case closeList:
      case closeObject:
        depth--;
        break;
      case comma:
      case colon:
        if (++count > most) throw tooMany(most);
        break;
    }
  }
}

/** The same of a form, whose fields may hold JSON anywhere: every such character counts. */
export function needFewValues(form: Uint8Array, most: number): void {
  let count = 0;
  for (const byte of form)
    if (byte === openList || byte === openObject || byte === comma || byte === colon)
      if (++count > most) throw tooMany(most);
}

/** Where the text that begins at `start` ends. */
function endOfText(json: Uint8Array, start: number): number {
  let at = start + 1;
  for (; at < json.length && json[at] !== quote; at++) if (json[at] === backslash) at++;
  return at;
}

const tooDeep = () => new Failure("invalid", `The body nests deeper than the ${mostLevels} levels that are read.`);
const tooMany = (most: number) =>
  new Failure(
    "too_large",
    `The body holds more values than are read at once: it may have ${most} of "[", "{", "," and ":".`,
  );
