import type { proto } from "@whiskeysockets/baileys";
import type { Converter, Writer } from "./converter.ts";
import { natural, only, some, bounded } from "./fields.ts";
import { pointOf } from "./point.ts";

export const liveLocation: Converter<"live_location"> & Writer<"live_location"> = {
  read({ liveLocationMessage: live }) {
    if (!live) return null;
    return { kind: "live_location", ...pointOf(live), ...motion(live), ...only({ caption: live.caption }) };
  },
  write({ latitude, longitude, accuracy, speed, heading, sequence, offset, caption }) {
    return {
      liveLocationMessage: {
        degreesLatitude: latitude,
        degreesLongitude: longitude,
        ...only({
          accuracyInMeters: accuracy,
          speedInMps: speed,
          degreesClockwiseFromMagneticNorth: heading,
          sequenceNumber: sequence,
          timeOffset: offset,
          caption,
        }),
      },
    };
  },
};

function motion(live: proto.Message.ILiveLocationMessage) {
  return only({
    accuracy: some(live.accuracyInMeters),
    speed: bounded(live.speedInMps, 0, 1e6) || undefined,
    heading: bounded(natural(live.degreesClockwiseFromMagneticNorth), 0, 360) || undefined,
    sequence: some(live.sequenceNumber),
    offset: some(live.timeOffset),
  });
}
