import type { Clock } from "../core/base/clock.ts";

const most = 2_048;
/** The status has decided already; nobody waits long for the text. Milliseconds. */
const patience = 1_000;

/** The first 2 KB of an answer, as far as they come; whatever else is on its way is cut off. */
export async function answerTo(response: Response, clock: Clock): Promise<string> {
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
