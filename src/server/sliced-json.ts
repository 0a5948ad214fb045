import { breathe } from "../core/base/breathe.ts";

/** What is parsed in one turn of the event loop, bytes: a millisecond of work. */
const slice = 64 * 1024;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A long list that stands in the object that a body is: from behind its bracket, up to the other one. */
interface LongList {
  from: number;
  to: number;
  /** Commas between its items, a slice apart. */
  cuts: number[];
}

/**
 * JSON whose lists are long, as a bulk's are, parsed a slice a turn. It gives what `JSON.parse` gives and throws what that
 * throws; null when what stands between the slices, or one item, is longer than `most` bytes.
 */
export async function parsedInSlices(bytes: Uint8Array, most: number): Promise<{ value: unknown } | null> {
  const lists = await longLists(bytes);
  const inLists = lists.reduce((sum, { from, to }) => sum + to - from, 0);
  if (bytes.length - inLists > most || lists.some((list) => longestOf(list) > most)) return null;
  const words = lists.map(() => Bun.randomUUIDv7());
  let [rest, end] = ["", 0];
  for (const [place, { from, to }] of lists.entries()) {
    rest += `${textOf(bytes.subarray(end, from), place === 0)}"${words[place]}"`;
    end = to;
  }
  const root = JSON.parse(rest + textOf(bytes.subarray(end), lists.length === 0)) as object;
  if (lists.length === 0) return { value: root };
  const items: unknown[][] = [];
  for (const list of lists) items.push(await itemsOf(bytes, list));
  for (const [name, value] of Object.entries(root) as [string, unknown][]) {
    const [word] = Array.isArray(value) && value.length === 1 ? (value as unknown[]) : [];
    const place = typeof word === "string" ? words.indexOf(word) : -1;
    // As an own field, whatever it is called.
    if (place >= 0)
      Object.defineProperty(root, name, { value: items[place], enumerable: true, writable: true, configurable: true });
  }
  return { value: root };
}

const longestOf = ({ from, to, cuts }: LongList): number =>
  Math.max(...[...cuts, to].map((cut, place) => cut - (cuts[place - 1] ?? from)));

async function itemsOf(bytes: Uint8Array, { from, to, cuts }: LongList): Promise<unknown[]> {
  const items: unknown[] = [];
  for (const [place, cut] of [...cuts, to].entries()) {
    const start = place === 0 ? from : (cuts[place - 1] ?? 0) + 1;
    const some = JSON.parse(`[${textOf(bytes.subarray(start, cut), false)}]`) as unknown[];
    // Nothing between two commas, or behind the last, is no item.
    if (some.length === 0) throw new SyntaxError("an item is missing");
    for (const each of some) items.push(each);
    await breathe();
  }
  return items;
}

/** The lists of more than a slice in the fields of the object; none of what is no object, or not whole. */
async function longLists(bytes: Uint8Array): Promise<LongList[]> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lists: LongList[] = [];
  let list: LongList | null = null;
  let [depth, last, looked] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === quote) at = endOfText(text, at + 1);
    else if (byte === openList || byte === openObject) {
      depth++;
      if (depth === 1 && byte === openList) return [];
      if (depth === 2 && byte === openList) [list, last] = [{ from: at + 1, to: 0, cuts: [] }, at];
    } else if (byte === comma && depth === 2 && list !== null && at - last >= slice) {
      list.cuts.push(at);
      last = at;
    } else if (byte === closeList || byte === closeObject) {
      if (depth === 2 && list !== null) {
        if (list.cuts.length > 0) lists.push({ ...list, to: at });
        list = null;
      }
      depth--;
    }
    if (at - looked < 2 * slice) continue;
    looked = at;
    await breathe();
  }
  return depth === 0 ? lists : [];
}

/** Where the quote stands that ends a text. */
function endOfText(text: Buffer, start: number): number {
  for (let at = start; ;) {
    const end = text.indexOf(quote, at);
    if (end < 0) return text.length;
    let slashes = 0;
    while (end - slashes - 1 >= start && text[end - slashes - 1] === backslash) slashes++;
    if (slashes % 2 === 0) return end;
    at = end + 1;
  }
}

/** A mark of the byte order is left out where the body begins. */
const textOf = (bytes: Uint8Array, isBegin: boolean): string =>
  new TextDecoder("utf-8", { ignoreBOM: !isBegin }).decode(bytes);
