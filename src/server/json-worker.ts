/// <reference lib="webworker" />
import { asFailure } from "../core/base/failure.ts";
import { inUtf8 } from "./charset.ts";
import { joined } from "./counted.ts";
import type { JsonAnswer, JsonTask } from "./json-thread.ts";
import { parsedJson } from "./large-json.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", ({ data }: MessageEvent<JsonTask>) => self.postMessage(answerTo(data), []));

function answerTo({ parts, contentType }: JsonTask): JsonAnswer {
  try {
    return { value: parsedJson(inUtf8(joined(parts), contentType)) };
  } catch (thrown) {
    const { code, message, field } = asFailure(thrown);
    return { refusal: { code, message, ...(field !== undefined && { field }) } };
  }
}
