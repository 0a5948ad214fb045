import { plugin } from "merpati";
const kept: unknown[] = [];
export default plugin({
  name: "leak",
  setup({ command }) {
    command("leak", () => {
      setInterval(() => kept.push(new Uint8Array(16_000_000).fill(1)), 5);
    });
  },
});
