import { plugin } from "merpati";
export default plugin({
  name: "loop",
  setup({ command }) {
    command("loop", () => {
      for (;;);
    });
  },
});
