/** One channel of sound. */
export interface Sound {
  /** -1 to 1. */
  samples: Float32Array;
  /** Samples a second. */
  rate: number;
}

/** 5.1 and 7.1 in FFmpeg's order: speech is in the centre, and the low-frequency channel (the fourth) carries none. */
const [frontLeft, frontRight, centre, lowFrequency] = [0, 1, 2, 3];

/** How much each channel of `count` counts; a plain mean makes film sound some 16 dB too quiet. */
function weights(count: number): number[] {
  if (count < 6) return Array.from({ length: count }, () => 1);
  return Array.from({ length: count }, (_, channel) => {
    if (channel === centre) return Math.SQRT2;
    if (channel === lowFrequency) return 0;
    return channel === frontLeft || channel === frontRight ? 1 : Math.SQRT1_2;
  });
}

/** Interleaved channels mixed to one that peaks where the loudest of them does. */
export function mono(interleaved: Float32Array, channels: number): Float32Array {
  if (channels <= 1) return interleaved;
  const parts = weights(channels);
  const mixed = new Float32Array(Math.floor(interleaved.length / channels));
  let [loudest, peak] = [0, 0];
  for (let at = 0, from = 0; at < mixed.length; at++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, from++) {
      const sample = interleaved[from] ?? 0;
      loudest = Math.max(loudest, Math.abs(sample));
      sum += sample * (parts[channel] ?? 0);
    }
    mixed[at] = sum;
    peak = Math.max(peak, Math.abs(sum));
  }
  const gain = peak > 0 ? Math.min(1, loudest) / peak : 1;
  return mixed.map((sample) => sample * gain);
}
