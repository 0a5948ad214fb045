/** What a program prints, as far as it has been read. */
export function linesOf(stdout: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  return {
    async until(text: string): Promise<string> {
      while (!said.includes(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`it ended after: ${said}`);
        said += value;
      }
      return said;
    },
  };
}
