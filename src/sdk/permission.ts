/**
 * What a plugin may be allowed, beyond replying in the chat that wrote to it:
 *
 * - `send` writes to any chat; `send:628123456789` or `send:1203…@g.us` to that one;
 * - `net:api.example.com` reaches that host, `net:*.example.com` its subdomains, `net:*` every public host;
 * - `store` keeps data; `http` answers requests under `/plugins/<name>/`;
 * - `outgoing` sees, alters and stops what the bot sends;
 * - `media` reads files of messages it does not handle at the moment;
 * - `groups` reads groups and changes their members;
 * - `admin` lists, enables and disables plugins;
 * - `system` imports what reaches files, sockets, databases and programs (`node:fs`, `node:net`, `bun:sqlite`, `Bun.spawn`).
 */
export type Permission =
  "send" | `send:${string}` | `net:${string}` | "store" | "http" | "outgoing" | "media" | "groups" | "admin" | "system";
