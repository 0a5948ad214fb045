import type { Converter, Writer } from "./converter.ts";
import { only, some } from "./fields.ts";
import { fileFieldsOf, uploaded } from "./file.ts";

export const audio: Converter<"audio"> & Writer<"audio"> = {
  read({ audioMessage: audio }, reading) {
    if (!audio || audio.ptt) return null;
    return { kind: "audio", ...fileFieldsOf(audio, reading, "audio/mpeg"), ...only({ seconds: some(audio.seconds) }) };
  },
  write: ({ mime, seconds }, writing) => ({
    audioMessage: { ...uploaded(writing), mimetype: mime, ...only({ seconds }) },
  }),
};
