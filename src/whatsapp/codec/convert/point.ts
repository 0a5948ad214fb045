import { bounded } from "./fields.ts";

interface Point {
  degreesLatitude?: number | null;
  degreesLongitude?: number | null;
}

export const pointOf = ({ degreesLatitude, degreesLongitude }: Point) => ({
  latitude: bounded(degreesLatitude, -90, 90),
  longitude: bounded(degreesLongitude, -180, 180),
});
