import { plugin } from "merpati";
export default plugin({
  name: "reject",
  setup({ command }) {
    command("reject", () => {
      setTimeout(() => {
        void Promise.reject(new Error("rejected late"));
      }, 1);
    });
  },
});
