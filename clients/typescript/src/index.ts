export { type Client, type ClientOptions, createClient, type Fetch } from "./client.ts";
export { type Event, type EventOf, type EventType, isEvent } from "./event.ts";
export { MerpatiError, need } from "./failure.ts";
export type { components, operations, paths } from "./schema.ts";
export { type StreamOptions, streamEvents } from "./stream.ts";
export { verifyEvents, verifyWebhook, WebhookError } from "./webhook.ts";
