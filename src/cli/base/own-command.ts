/** How this program is started again: the binary itself, or bun with the source. */
export function ownCommand(...args: string[]): string[] {
  const { argv, execPath } = process;
  return Bun.isStandaloneExecutable ? [execPath, ...args] : [execPath, argv[1] ?? "src/main.ts", ...args];
}

/** What somebody writes to start it again, where it is compiled and where it is not. */
export const typedCommand = (rest: string): string =>
  Bun.isStandaloneExecutable ? `merpati ${rest}` : `npm run merpati -- ${rest}`;
