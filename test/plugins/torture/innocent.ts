import { plugin } from "merpati";
export default plugin({
  name: "innocent",
  setup({ on }) {
    on("message.received", ({ text, reply }) => reply(`heard ${text}`));
  },
});
