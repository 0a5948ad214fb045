import { plugin } from "merpati";

/** A picture with the caption `!sticker` comes back as a sticker. Shows: media in and out by its `media_id`. */
export default plugin({
  name: "sticker",
  description: "Makes a sticker of a picture: send it with the caption !sticker, or answer it so.",
  enabled: false,
  setup({ command }) {
    command(
      "sticker",
      { description: "Make a sticker of this picture", aliases: ["s"], cooldown: 3 },
      async ({ content, data, reply }) => {
        const picture = [content, data.reply_to?.content].find((each) => each?.kind === "image");
        if (picture?.kind !== "image") return reply("Send a picture with this caption, or answer one with it.");
        return reply({ kind: "sticker", media_id: picture.media_id });
      },
    );
  },
});
