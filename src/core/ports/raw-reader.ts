/** Reads a message as WhatsApp has it: its fields by name as JSON takes them, bytes in base64; null when it cannot be read. */
export type RawReader = (wire: Uint8Array) => Promise<object | null>;
