/** Drawn on a field of 24 by 24, in strokes. */
const paths = {
  access: "M12 15a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM11 12l8.5-8.5M16 7l3 3M13.5 9.5l2 2",
  attach: "M19 11l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L13 4.3a3 3 0 0 1 4.2 4.2L9.6 16a1.4 1.4 0 0 1-2-2l6.6-6.6",
  auto: "M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM12 4v16M12 8l5-1.5M12 12h8M12 16l5 1.5",
  back: "M15 5l-7 7 7 7",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  chats: "M4 5.5h16v11h-9L6.5 20v-3.5H4z",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  devices: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  docs: "M5 4.5h9a3 3 0 0 1 3 3V20H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h9",
  events: "M3.5 12h4L10 6l4 12 2.5-6h4",
  health: "M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.6 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z",
  logs: "M5 6h14M5 10h9M5 14h14M5 18h6",
  menu: "M4 7h16M4 12h16M4 17h16",
  mic: "M12 3.5A2.5 2.5 0 0 1 14.5 6v5.5a2.5 2.5 0 0 1-5 0V6A2.5 2.5 0 0 1 12 3.5zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  moon: "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
  out: "M10 4H5v16h5M9 12h11M16 8l4 4-4 4",
  outbox: "M20.5 4 3.5 11l6.5 2.5L12.5 20zM10 13.5 20.5 4",
  overview: "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
  pause: "M9 5v14M15 5v14",
  plug: "M9 3v5M15 3v5M6.5 8h11v3a5.5 5.5 0 0 1-11 0zM12 16.5V21",
  plugins: "M4 4h7v7H4zM4 13.5h7v7H4zM13.5 13.5h7v7h-7zM17 3l4 4-4 4-4-4z",
  plus: "M12 5v14M5 12h14",
  refresh: "M19 8a8 8 0 1 0 1 6M19 3v5h-5",
  sandbox: "M10 3h4M11 3v6l-5.5 9.5A1 1 0 0 0 6.4 20h11.2a1 1 0 0 0 .9-1.5L13 9V3M8.2 15h7.6",
  reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  search: "M16 10.5a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM14.5 14.5 20 20",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
  settings: "M4 7h9M17 7h3M13 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0zM4 17h3M11 17h9M7 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0z",
  sun: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4",
  webhooks: "M13 4h7v7M20 4l-9 9M10 5H5v14h14v-5",
} as const;

export type IconName = keyof typeof paths;

/** Beside words, or in a button that has a label: never the only one who says it. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);
