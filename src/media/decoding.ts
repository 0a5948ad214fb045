/** Sound as its decoders give it: one list of samples, -1 to 1, a channel. */
export interface Sound {
  channelData: Float32Array[];
  sampleRate: number;
}

/** As every decoder of `@audio` works: on a file in pieces. */
interface Decoder {
  decode(piece: Uint8Array): Sound;
  flush?(): Sound;
  free(): void;
}

const piece = 4_096;

/**
 * The whole sound, its channels mixed to one. Read in small pieces: a few bytes can hold hours of silence, and are given
 * up, by throwing, when they exceed `mostSeconds`.
 */
export async function decoded(
  make: () => Promise<Decoder> | Decoder,
  bytes: Uint8Array,
  mostSeconds: number,
): Promise<Sound> {
  const decoder = await make();
  try {
    const parts: Float32Array[] = [];
    let [length, rate] = [0, 0];
    const take = ({ channelData, sampleRate }: Sound): void => {
      const part = mixed(channelData);
      rate ||= sampleRate;
      length += part.length;
      parts.push(part);
      if (length > mostSeconds * rate) throw new Error("too much sound");
    };
    for (let at = 0; at < bytes.length; at += piece) take(decoder.decode(bytes.subarray(at, at + piece)));
    if (decoder.flush) take(decoder.flush());
    return { channelData: [joined(parts, length)], sampleRate: rate };
  } finally {
    decoder.free();
  }
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels;
  if (others.length === 0) return first;
  return first.map((value, at) => others.reduce((sum, other) => sum + (other[at] ?? 0), value) / channels.length);
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
