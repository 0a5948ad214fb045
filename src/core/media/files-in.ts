type Json = Record<string, unknown>;

/** A file where content tells of one. */
export interface ToldFile {
  media_id: string;
  url: string;
  /** Bytes; 0 when nobody said. */
  size: number;
}

const isFile = (value: object): value is ToldFile =>
  "media_id" in value && typeof value.media_id === "string" && "url" in value && "sha256" in value && "size" in value;

/** Every file that something tells of, however deep. */
export function filesIn(value: unknown): ToldFile[] {
  if (Array.isArray(value)) return value.flatMap(filesIn);
  if (typeof value !== "object" || value === null) return [];
  const deeper = Object.values(value).flatMap(filesIn);
  return isFile(value) ? [value, ...deeper] : deeper;
}

/** The same, with more told of each file. What has no file is returned as it is. */
export function withFiles<T>(value: T, more: (file: ToldFile) => object): T {
  if (Array.isArray(value)) return value.map((each: unknown) => withFiles(each, more)) as T;
  if (typeof value !== "object" || value === null || filesIn(value).length === 0) return value;
  const told = Object.entries(value as Json).map(([name, each]) => [name, withFiles(each, more)]);
  const copy: Json = Object.fromEntries(told);
  return (isFile(value) ? { ...copy, ...more(value) } : copy) as T;
}
