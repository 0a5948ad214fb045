import type { Converter, Writer } from "./converter.ts";
import { only } from "./fields.ts";
import { pointOf } from "./point.ts";

export const location: Converter<"location"> & Writer<"location"> = {
  read({ locationMessage: location }) {
    if (!location) return null;
    const { name, address, url } = location;
    return { kind: "location", ...pointOf(location), ...only({ name, address, url }) };
  },
  write({ latitude, longitude, name, address, url }) {
    return {
      locationMessage: { degreesLatitude: latitude, degreesLongitude: longitude, ...only({ name, address, url }) },
    };
  },
};
