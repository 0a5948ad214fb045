/** A stretch of a text that must not be written, and what stands there instead. */
interface Redaction {
  start: number;
  end: number;
  by: string;
}

/** A text in a log is no longer than this, characters. */
export const longestText = 1_000;

/** A number or a key that begins before the cut is recognised when it ends this much behind it, characters. */
const margin = 200;

const servers = ["s.whatsapp.net", "c.us", "lid", "hosted.lid", "hosted", "g.us", "newsletter"];
/** Runs of one class only: a regular expression that never goes back stays linear. */
const runs = /\d[\d:_.-]*/g;
const keyStarts = /(?:mp|whsec)_/g;
const keyEnd = /[^\w+/=-]/g;
const phones = /\d{9,}/g;

/** The shortest number that is taken for a person's. */
const leastDigits = 5;
const leastKey = 8;

/**
 * The text without keys, secrets, JIDs and phone numbers, cut to `most` characters: the last net under everything that
 * is logged. Takes time in proportion to `most`, whatever the text.
 */
export function scrub(text: string, secrets: readonly string[] = [], most = longestText): string {
  const longest = Math.max(margin, ...secrets.map(({ length }) => length));
  const seen = text.length > most ? text.slice(0, most + longest) : text;
  const found = [...secretsIn(seen, secrets), ...keysIn(seen), ...numbersIn(seen)].sort((a, b) => a.start - b.start);
  let clean = "";
  let place = 0;
  for (const { start, end, by } of found) {
    if (start >= most) break;
    if (start < place) continue;
    clean += seen.slice(place, start) + by;
    place = end;
  }
  clean += seen.slice(place, Math.max(place, most));
  return text.length > most ? `${clean}…` : clean;
}

function* secretsIn(text: string, secrets: readonly string[]): Generator<Redaction> {
  for (const secret of secrets) {
    if (secret === "") continue;
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
      yield { start: at, end: at + secret.length, by: "…" };
  }
}

function* keysIn(text: string): Generator<Redaction> {
  let done = 0;
  for (const match of text.matchAll(keyStarts)) {
    const start = match.index;
    if (start < done || (start > 0 && /\w/.test(text.charAt(start - 1)))) continue;
    keyEnd.lastIndex = start + match[0].length;
    const end = keyEnd.exec(text)?.index ?? text.length;
    done = end;
    if (end - start - match[0].length >= leastKey) yield { start, end, by: `${match[0]}…` };
  }
}

/** JIDs, and digits that may be somebody's number. */
function* numbersIn(text: string): Generator<Redaction> {
  for (const match of text.matchAll(runs)) {
    const [run] = match;
    const start = match.index;
    const end = start + run.length;
    if (
      text.charAt(end) === "@" &&
      digitsIn(run) >= leastDigits &&
      servers.some((name) => text.startsWith(name, end + 1))
    )
      yield { start, end, by: "…" };
    else yield* phonesIn(run, start, text);
  }
}

/** Nine digits and more that stand by themselves: those within an id or a hash are part of a word. */
function* phonesIn(run: string, offset: number, text: string): Generator<Redaction> {
  for (const match of run.matchAll(phones)) {
    const start = offset + match.index;
    const end = start + match[0].length;
    if (isLetter(text.charAt(start - 1)) || isLetter(text.charAt(end))) continue;
    yield { start: text.charAt(start - 1) === "+" ? start - 1 : start, end, by: "…" };
  }
}

function digitsIn(run: string): number {
  let count = 0;
  for (const char of run) if (char >= "0" && char <= "9") count++;
  return count;
}

const isLetter = (char: string) => /^[A-Za-z_]$/.test(char);
