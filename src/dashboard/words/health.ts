import { tongues } from "./locales.ts";

export const health = tongues(
  {
    uptime: "Running for",
    devices: "Devices",
    messages: "Messages waiting",
    messagesNote: "to be sent",
    deliveries: "Pending deliveries",
    nothingDue: "none is due",
    oldest: "the oldest is due",
    lag: "Lag",
    lagNote: "how late the process got to its work, at worst",
    memory: "Memory",
    database: "Database",
    version: "Version",
    lead: "How the process does, looked at every five seconds.",
  },
  {
    uptime: "Berjalan selama",
    devices: "Perangkat",
    messages: "Pesan menunggu",
    messagesNote: "untuk dikirim",
    deliveries: "Kiriman tertunda",
    nothingDue: "tidak ada yang jatuh tempo",
    oldest: "yang tertua jatuh tempo",
    lag: "Keterlambatan",
    lagNote: "seberapa lambat proses sampai ke tugasnya, paling buruk",
    memory: "Memori",
    database: "Basis data",
    version: "Versi",
    lead: "Bagaimana keadaan proses, dilihat setiap lima detik.",
  },
);
