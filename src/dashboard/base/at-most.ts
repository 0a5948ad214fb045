/** Does the same again and again, but never twice within `ms`: at once, and what is asked for meanwhile when that is over. */
export function atMostEvery(work: () => void, ms: number): { soon: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let asked = false;
  const run = (): void => {
    asked = false;
    timer = setTimeout(() => {
      timer = null;
      if (asked) run();
    }, ms);
    work();
  };
  return {
    soon: () => {
      if (timer === null) run();
      else asked = true;
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      asked = false;
    },
  };
}
