/** Lines of a stack that are the test kit's own. */
const own = new URL(".", import.meta.url).pathname;
const isOwn = (line: string): boolean => line.includes(own);

/** The folder of the test that calls. */
export function callersFolder(): string {
  const lines = new Error().stack?.split("\n") ?? [];
  const line = lines.find((each) => !isOwn(each) && /\.[jt]sx?:\d/.test(each)) ?? "";
  const [, file] = /\(?(\/[^\s()]+\.[cm]?[jt]sx?):\d+:\d+\)?/.exec(line) ?? [];
  return file ? file.replace(/\/[^/]*$/, "") : process.cwd();
}

/** An error of the line that calls, whose stack begins in the test: it is there that somebody looks. */
export function errorHere(): Error {
  const error = new Error("");
  error.stack = (error.stack ?? "")
    .split("\n")
    .filter((line) => !isOwn(line))
    .join("\n");
  return error;
}
