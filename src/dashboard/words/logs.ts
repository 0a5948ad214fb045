import { tongues } from "./locales.ts";

export const logs = tongues(
  {
    lead: "What the process did. Keys, texts and phone numbers are not in it; LOG_LEVEL says how much is.",
    none: "Nothing was logged yet.",
    level: "At least",
    levels: { debug: "Everything", info: "Information", warn: "Warnings", error: "Errors" },
  },
  {
    lead: "Apa yang dikerjakan proses. Kunci, teks, dan nomor telepon tidak ada di dalamnya; LOG_LEVEL menentukan banyaknya.",
    none: "Belum ada yang dicatat.",
    level: "Paling sedikit",
    levels: { debug: "Semua", info: "Informasi", warn: "Peringatan", error: "Kesalahan" },
  },
);
