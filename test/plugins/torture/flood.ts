import { plugin } from "merpati";
export default plugin({
  name: "flood",
  setup({ command }) {
    command("flood", async ({ reply }) => {
      for (;;) await reply("spam").catch(() => {});
    });
    command("torrent", ({ reply }) => {
      for (;;) void reply("spam").catch(() => {});
    });
  },
});
