import type { Converted } from "../core/ports/media.ts";
import type { RemuxTask } from "./remux-worker.ts";
import type { SoundFile } from "./decoding.ts";
import type { Voice } from "./voice.ts";
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
export async function spoken({ bytes, mime }: Converted, tracks: SoundFile["tracks"]): Promise<Converted | null> {
  const task = { file: bytes, mime, tracks };
  const made = await conversions.run<SoundFile, Voice>("voice-worker.ts", task);
  if (!made) return null;
  const { ogg, seconds, waveform } = made;
  const type = "audio/ogg; codecs=opus";
  return { bytes: new Blob([Uint8Array.from(ogg)], { type }), mime: type, facts: { seconds, waveform } };
}
