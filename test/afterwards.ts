import { onTestFinished } from "bun:test";

let owed: AsyncDisposableStack | null = null;

/**
 * Done when the present test is over, the latest first. An `afterEach` in a module that several test files share is the
 * first file's alone, as modules are read once for all of them.
 */
export function afterwards(work: () => unknown): void {
  if (!owed) {
    const stack = new AsyncDisposableStack();
    owed = stack;
    onTestFinished(() => {
      owed = null;
      return stack.disposeAsync();
    });
  }
  owed.defer(async () => void (await work()));
}
