import { tongues } from "./locales.ts";

export const events = tongues(
  {
    kind: "Kind",
    all: "All",
    hold: "Pause",
    go: "Continue",
    count: "{count} shown",
    none: "Nothing has happened yet. What does is shown here at once.",
    lead: "Everything that happens on your devices, as it happens.",
  },
  {
    kind: "Jenis",
    all: "Semua",
    hold: "Jeda",
    go: "Lanjutkan",
    count: "{count} ditampilkan",
    none: "Belum terjadi apa-apa. Apa pun yang terjadi langsung tampil di sini.",
    lead: "Semua yang terjadi pada perangkat Anda, saat itu juga.",
  },
);
