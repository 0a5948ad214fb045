/** What a browser with WhatsApp Web says of itself, to file servers and to the page that names the version. */
export const webUserAgent =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0";
