/** The ciphertext was read before: whoever gets it twice drops it, and says so as if it came for the first time. */
export class ReadBefore extends Error {}
