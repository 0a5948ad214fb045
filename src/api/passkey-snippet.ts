/**
 * What a person without the browser extension pastes into the console of web.whatsapp.com. That page lets no script reach
 * another server, so the answer goes to the clipboard, and to the bot by opening its page. It means the same on one line, which
 * is what some copy.
 *
 * `options`: WhatsApp's, bytes in base64url. `url`: the bot's one-time address.
 */
export function signingSnippet(options: Record<string, unknown>, url: string): string {
  // Inside a script a line separator or the end of a tag would mean something else.
  const text = (value: unknown) => JSON.stringify(value).replaceAll(/[<\u2028\u2029]/g, escaped);
  return `(() => {
  /* Signs one request of WhatsApp with your passkey and takes the answer to your bot. Nothing else is read or sent. */
  const options = ${text(options)};
  const bot = ${text(url)};
  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
  const button = document.createElement("button");
  button.id = "merpati-passkey";
  button.textContent = "Merpati: sign with my passkey for " + new URL(bot).host;
  button.style.cssText = "position:fixed;top:16px;left:16px;z-index:2147483647;padding:16px;font-size:16px;background:#fff;color:#000;border:2px solid #2f5d62;border-radius:8px";
  button.onclick = async () => {
    try {
      const allow = (options.allowCredentials || []).map((one) => ({ ...one, id: bytes(one.id) }));
      const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: allow };
      const { id, rawId, type, response: r } = await navigator.credentials.get({ publicKey });
      const answer = JSON.stringify({ id, rawId: text(rawId), type, response: {
        clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData),
        signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : null } });
      await navigator.clipboard.writeText(answer).catch(() => {});
      button.textContent = "Signed. If your bot's page does not open: go back to it and paste.";
      location.assign(bot + "#assertion=" + text(new TextEncoder().encode(answer)));
    } catch (error) {
      button.textContent = "Not signed (" + error.name + "). Click to try again.";
    }
  };
  document.body.append(button);
})();`;
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
