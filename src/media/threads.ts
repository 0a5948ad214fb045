import type { Converted } from "../core/ports/media.ts";
import type { RemuxTask } from "./remux-worker.ts";
import type { Voice, VoiceTask } from "./voice.ts";
import { conversions } from "./workshop.ts";

/** The tracks of a file in the container that phones play; null when there is none for its codecs. */
export async function remuxed(file: Converted, as: RemuxTask["as"]): Promise<Converted | null> {
  const made = await conversions.run<RemuxTask, { bytes: Uint8Array; mime: string }>("remux-worker.ts", {
    file: file.bytes,
    as,
  });
  if (!made) return null;
  return { ...made, bytes: new Blob([Uint8Array.from(made.bytes)], { type: made.mime }), facts: file.facts };
}

/** The sound as a voice message; null when it is damaged, too long, or of a kind that nothing here decodes. */
export async function spoken(file: Converted): Promise<Converted | null> {
  const task = { file: file.bytes, mime: file.mime };
  const made = await conversions.run<VoiceTask, Voice>("voice-worker.ts", task);
  if (!made) return null;
  const { ogg, seconds, waveform } = made;
  const mime = "audio/ogg; codecs=opus";
  return { bytes: new Blob([Uint8Array.from(ogg)], { type: mime }), mime, facts: { seconds, waveform } };
}
