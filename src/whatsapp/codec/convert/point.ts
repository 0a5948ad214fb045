import { within } from "./fields.ts";

interface Point {
  degreesLatitude?: number | null;
  degreesLongitude?: number | null;
}

export const pointOf = ({ degreesLatitude, degreesLongitude }: Point) => ({
  latitude: within(degreesLatitude, -90, 90),
  longitude: within(degreesLongitude, -180, 180),
});
