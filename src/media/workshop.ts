/** A hostile file may keep a decoder busy for ever. */
const limitMs = 60_000;
/** Each takes a core and some hundred megabytes. */
const mostAtOnce = 2;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Has a file of `src/media` do its work in a thread of its own: it is sent the task and sends `{ made }`. Null when it
 * could not make sense of it, in time or at all.
 */
export async function inWorkshop<Task, Made>(file: string, task: Task): Promise<Made | null> {
  if (running >= mostAtOnce) await new Promise<void>((go) => waiting.push(go));
  running++;
  try {
    return await made<Task, Made>(file, task);
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** In the compiled program every file is addressed from the root of the source. */
const addressOf = (file: string): string =>
  new URL(Bun.isStandaloneExecutable ? `media/${file}` : file, import.meta.url).href;

function made<Task, Made>(file: string, task: Task): Promise<Made | null> {
  const worker = new Worker(addressOf(file));
  const { promise, resolve } = Promise.withResolvers<Made | null>();
  const timer = setTimeout(() => resolve(null), limitMs);
  worker.addEventListener("message", ({ data }: MessageEvent<{ made: Made | null }>) => resolve(data.made));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    resolve(null);
  });
  worker.postMessage(task, []);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
