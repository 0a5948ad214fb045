/** What a command was given as a proxy: null is none; `-` is on standard input, where no list of processes shows it. */
export async function proxyAddress(given: string): Promise<string | null> {
  const text = given === "-" ? (await Bun.stdin.text()).trim() : given;
  return text === "none" ? null : text;
}
