import type { Clock } from "../core/base/clock.ts";

/** The beginning of an answer, as far as it comes within `patience` ms; whatever else is on its way is cut off. */
export async function answerTo(
  response: Response,
  clock: Clock,
  { most, patience }: { most: number; patience: number },
): Promise<string> {
  if (response.headers.get("content-length") === "0" || response.body === null) return "";
  const reader = response.body.getReader();
  const cancel = clock.after(patience, () => void reader.cancel().catch(() => {}));
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    while (size < most) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, most - size), { stream: true });
      size += value.length;
    }
    if (size >= most) void reader.cancel().catch(() => {});
  } catch {
    // A receiver that lies about its length or hangs up has answered all the same.
  } finally {
    cancel();
  }
  return text;
}
