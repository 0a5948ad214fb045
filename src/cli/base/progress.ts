/** How far long work is: one line that changes on a terminal, else a line at the beginning and the end. */
export class Progress {
  readonly #title: string;
  #shown = -1;

  constructor(title: string) {
    this.#title = title;
    if (!process.stderr.isTTY) process.stderr.write(`${title} …\n`);
  }

  show(done: number, of: number): void {
    const percent = of === 0 ? 100 : Math.floor((done / of) * 100);
    if (!process.stderr.isTTY || percent === this.#shown) return;
    this.#shown = percent;
    process.stderr.write(`\r${this.#title} ${percent} %`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write("\n");
  }
}
