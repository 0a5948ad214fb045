// The page's policy lets its scripts reach WhatsApp only, so the card asks here. No address is reached but the bot's, which
// stood in the link that the owner opened; the bot lets extensions in by that link alone.
const browserOf = globalThis.browser ?? globalThis.chrome;

async function ask({ url, body }) {
  const request = body
    ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    : { headers: { accept: "application/json" } };
  const response = await fetch(url, { ...request, credentials: "omit", cache: "no-store", redirect: "error" });
  const { data, error } = await response.json();
  return response.ok ? { data } : { error };
}

browserOf.runtime.onMessage.addListener((message, sender, answer) => {
  ask(message).then(answer, () => answer({ error: null }));
  return true;
});
