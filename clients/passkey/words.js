// What the card says, in the language of the browser.
const words = {
  en: {
    title: "Link WhatsApp to Merpati",
    about: "The bot at {host} asks for your signature, to link the device “{device}”.",
    warning: "Go on only if you opened this from your own bot. Who links a device reads and writes as you.",
    sign: "Sign with my passkey",
    again: "Not signed ({error}). Try again.",
    unreachable: "The bot cannot be reached: {host}",
    same: "The phone shows the same code",
    differs: "It shows another one",
    linked: "Linked. You can close this tab.",
    close: "Close",
  },
  id: {
    title: "Tautkan WhatsApp ke Merpati",
    about: "Bot di {host} meminta tanda tangan Anda, untuk menautkan perangkat “{device}”.",
    warning:
      "Lanjutkan hanya jika Anda membukanya dari bot Anda sendiri. Siapa yang menautkan perangkat dapat membaca dan menulis atas nama Anda.",
    sign: "Tanda tangani dengan passkey saya",
    again: "Belum ditandatangani ({error}). Coba lagi.",
    unreachable: "Bot tidak dapat dihubungi: {host}",
    same: "Ponsel menampilkan kode yang sama",
    differs: "Kodenya berbeda",
    linked: "Tertaut. Tab ini boleh ditutup.",
    close: "Tutup",
  },
};

/** A sentence with its blanks filled; for card.js. */
globalThis.say = (name, blanks = {}) => {
  const { [name]: sentence } = words[navigator.language.startsWith("id") ? "id" : "en"];
  return sentence.replaceAll(/\{(\w+)\}/g, (_, blank) => String(blanks[blank]));
};
