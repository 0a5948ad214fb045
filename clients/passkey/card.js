// Shows what is to be signed and for whom, and leads through the ceremony. It does nothing on a page that was not opened by
// a bot's link: that carries the bot's one-time address behind #merpati-passkey=.
(() => {
  const browserOf = globalThis.browser ?? globalThis.chrome;
  const { say } = globalThis;
  const everyMs = 1_000;

  /** The bot's address in this page's own, or null. It leaves the page's address at once. */
  function takeAddress() {
    const [, encoded] = /^#merpati-passkey=([\w-]+)$/.exec(location.hash) ?? [];
    if (!encoded) return null;
    history.replaceState(null, "", location.pathname);
    try {
      const { url } = JSON.parse(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")));
      return /^https?:$/.test(new URL(url).protocol) ? new URL(url) : null;
    } catch {
      return null;
    }
  }

  const ask = (url, body) => browserOf.runtime.sendMessage(body ? { url: url.href, body } : { url: url.href });

  /** The scripts of the page sign: see sign.js. */
  function signed(options) {
    return new Promise((resolve) => {
      const heard = ({ detail }) => resolve(JSON.parse(detail));
      document.addEventListener("merpati-passkey-signed", heard, { once: true });
      document.dispatchEvent(new CustomEvent("merpati-passkey-sign", { detail: JSON.stringify(options) }));
    });
  }

  function element(tag, text, click) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (click) made.addEventListener("click", click);
    return made;
  }

  function openCard() {
    const host = document.createElement("div");
    host.id = "merpati-passkey-card";
    host.style.cssText = "position:fixed;top:16px;left:16px;z-index:2147483647";
    // Closed: the scripts of the page neither read it nor click in it.
    const shadow = host.attachShadow({ mode: "closed" });
    const card = document.createElement("section");
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", say("title"));
    card.style.cssText =
      "font:16px/1.4 system-ui,sans-serif;width:22em;padding:1em;background:#fff;color:#111;border:2px solid #2f5d62;border-radius:12px;box-shadow:0 8px 32px #0006";
    shadow.append(card);
    const put = () => document.body?.append(host);
    if (document.body) put();
    else document.addEventListener("DOMContentLoaded", put, { once: true });
    return (...parts) => card.replaceChildren(element("h2", say("title")), ...parts);
  }

  async function run(url) {
    const show = openCard();
    const facts = { host: url.host };
    let shown = "";
    let isOver = false;
    /** The same thing is drawn once, so that no button goes while it is clicked. */
    const draw = (what, parts) => {
      if (what !== shown) show(...parts());
      shown = what;
    };
    const about = ({ device }) => [element("p", say("about", { ...facts, device })), element("p", say("warning"))];
    const tell = async (body) => look(await ask(url, body));
    const sign = (data) => async () => {
      const { assertion, error } = await signed(data.ceremony.options);
      if (assertion) return tell({ assertion });
      show(...about(data), element("p", say("again", { error })), element("button", say("sign"), sign(data)));
      return undefined;
    };

    function look({ data, error }) {
      if (!data) {
        const sentence = error ?? say("unreachable", facts);
        isOver = Boolean(error);
        return draw(sentence, () => [element("p", sentence)]);
      }
      isOver = data.state !== "running";
      if (data.state === "linked") return draw("linked", () => [element("p", say("linked"))]);
      const { stage = data.message, message = data.message, code } = data.ceremony ?? {};
      if (stage === "signature")
        return draw(data.ceremony.options.challenge, () => [
          ...about(data),
          element("button", say("sign"), sign(data)),
        ]);
      if (stage === "code")
        return draw(code, () => [
          element("p", message),
          element("p", code),
          element("button", say("same"), () => tell({ same: true })),
          element("button", say("differs"), () => tell({ same: false })),
        ]);
      return draw(stage, () => [element("p", message)]);
    }

    while (!isOver) {
      look(await ask(url));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  const url = takeAddress();
  // It ends when the extension is taken away or loaded anew: then the link has to be opened again.
  if (url) run(url).catch(() => {});
})();
