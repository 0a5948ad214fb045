import type { Converter, Writer } from "./converter.ts";
import { only, some } from "./fields.ts";
import { fileFieldsOf, uploaded } from "./file.ts";

const loudest = 100;

export const voice: Converter<"voice"> & Writer<"voice"> = {
  read({ audioMessage: audio }, reading) {
    if (!audio?.ptt) return null;
    const waveform = audio.waveform?.length
      ? { waveform: Array.from(audio.waveform.subarray(0, 256), (bar) => Math.min(bar, loudest)) }
      : {};
    return {
      kind: "voice",
      ...fileFieldsOf(audio, reading, "audio/ogg; codecs=opus"),
      ...only({ seconds: some(audio.seconds) }),
      ...waveform,
    };
  },
  write: ({ mime, seconds, waveform }, writing) => ({
    audioMessage: {
      ...uploaded(writing),
      mimetype: mime,
      ptt: true,
      ...only({ seconds, waveform: waveform && Uint8Array.from(waveform) }),
    },
  }),
};
