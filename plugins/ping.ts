import { plugin } from "merpati";

/** The smallest plugin there is: `!ping` is answered with `pong`. */
export default plugin({
  name: "ping",
  description: "Answers !ping with pong: shows that the bot is awake.",
  setup({ command }) {
    command("ping", { description: "Is the bot awake?" }, ({ reply }) => reply("pong"));
  },
});
