// Runs among the page's own scripts, where password managers such as 1Password put their part of WebAuthn. It has no power
// of the extension: it signs what the card asks for, which any script of this page could ask for too.
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");

  /** WhatsApp's options, as JSON has them, to the browser's answer, as JSON has it. */
  async function sign(options) {
    const allowCredentials = (options.allowCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials };
    const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = response;
    return {
      id,
      rawId: text(rawId),
      type,
      response: {
        clientDataJSON: text(clientDataJSON),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
        userHandle: userHandle ? text(userHandle) : null,
      },
    };
  }

  document.addEventListener("merpati-passkey-sign", (event) => {
    const tell = (answer) =>
      document.dispatchEvent(new CustomEvent("merpati-passkey-signed", { detail: JSON.stringify(answer) }));
    sign(JSON.parse(event.detail)).then(
      (assertion) => tell({ assertion }),
      (error) => tell({ error: error.name }),
    );
  });
})();
