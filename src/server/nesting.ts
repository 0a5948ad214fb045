import { Failure } from "../core/base/failure.ts";

/** No body of ours has a tenth of it; what checks bodies looks at one again and again, level by level. */
const mostLevels = 64;

/** Throws `invalid` when a body nests more deeply than anything that is meant. */
export function needShallow(body: unknown): void {
  if (!isWithin(body, mostLevels))
    throw new Failure("invalid", `The body nests deeper than the ${mostLevels} levels that are read.`);
}

function isWithin(value: unknown, levels: number): boolean {
  // Files and bytes have nothing in them.
  if (typeof value !== "object" || value === null || !isPlain(value)) return true;
  return levels > 0 && Object.values(value).every((each) => isWithin(each, levels - 1));
}

const isPlain = (value: object): boolean => Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
