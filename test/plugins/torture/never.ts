import { plugin } from "merpati";
export default plugin({
  name: "never",
  setup({ command }) {
    command("never", () => new Promise(() => {}));
  },
});
