import { isUtf8 } from "node:buffer";
import type { Clock } from "../core/base/clock.ts";
import type { ReadAnswer } from "../core/ports/deliveries.ts";

/** The first `most` bytes of an answer, as far as they come within `patience` ms; whatever else is on its way is cut off. */
export async function answerTo(
  response: Response,
  clock: Clock,
  { most, patience }: { most: number; patience: number },
): Promise<ReadAnswer> {
  const { body, headers } = response;
  if (headers.get("content-length") === "0" || body === null) return { text: "", fault: null };
  const reader = body.getReader();
  let isLate = false;
  const cancel = clock.after(patience, () => {
    isLate = true;
    void reader.cancel().catch(() => {});
  });
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  try {
    while (size <= most && !isWhole) {
      const { done, value } = await reader.read();
      if (value) parts.push(value.subarray(0, Math.max(0, most - size)));
      size += value?.length ?? 0;
      isWhole = done;
    }
    if (!isWhole) void reader.cancel().catch(() => {});
  } catch {
    // A receiver that lies about its length or hangs up has answered all the same.
  } finally {
    cancel();
  }
  return textOf(Buffer.concat(parts), headers.get("content-type") ?? "", isWhole && !isLate);
}

/** In the character set that the answer names, else in UTF-8. */
function textOf(bytes: Buffer, contentType: string, isWhole: boolean): ReadAnswer {
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([^\s;"]{1,40})/i.exec(contentType) ?? [];
  const decoder = decoderOf(charset);
  const isBroken = decoder === null || (isWhole && decoder.encoding === "utf-8" && !isUtf8(bytes));
  const text = (decoder ?? new TextDecoder()).decode(bytes);
  return { text, fault: isWhole ? (isBroken ? "charset" : null) : "cut" };
}

function decoderOf(charset: string): TextDecoder | null {
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
}
