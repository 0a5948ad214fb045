import { plugin } from "merpati";
export default plugin({
  name: "exit",
  setup({ command }) {
    command("exit", () => process.exit(3));
  },
});
