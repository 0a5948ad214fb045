/** How this program is started again: the binary itself, or bun with the source. */
export function ownCommand(...args: string[]): string[] {
  const { argv, execPath } = process;
  return Bun.isStandaloneExecutable ? [execPath, ...args] : [execPath, argv[1] ?? "src/main.ts", ...args];
}
