const bars = 64;
const loudest = 100;

/** The bars that WhatsApp draws: 64 means of loudness, the loudest being 100. */
export function waveformOf(samples: Float32Array): number[] {
  const block = Math.max(1, Math.floor(samples.length / bars));
  const means = Array.from({ length: bars }, (_, bar) => {
    let sum = 0;
    for (let at = bar * block; at < (bar + 1) * block; at++) sum += Math.abs(samples[at] ?? 0);
    return sum / block;
  });
  const most = Math.max(...means);
  return means.map((mean) => (most > 0 ? Math.floor((loudest * mean) / most) : 0));
}
