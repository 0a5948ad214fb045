/** A contact card for a name and a number (digits), with what makes WhatsApp offer to write to it. */
export function vcard(name: string, phone: string): string {
  // A name must not be able to end its line and begin a field of its own.
  const safe = name.replace(/[\\;,]/g, "\\$&").replace(/\r\n|[\r\n]/g, "\\n");
  return [
    "BEGIN:VCARD",
    "VERSION:3.0",
    `N:;${safe};;;`,
    `FN:${safe}`,
    `TEL;type=CELL;waid=${phone}:+${phone}`,
    "END:VCARD",
  ].join("\n");
}
