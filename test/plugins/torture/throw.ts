import { plugin } from "merpati";
export default plugin({
  name: "throw",
  setup({ command }) {
    command("throw", () => {
      throw new Error("thrown on purpose");
    });
  },
});
