import type { BudgetUse } from "./access/budgets.ts";
import type { Credential } from "./access/authenticator.ts";
import type { Administration } from "./access/administration.ts";
import type { EventLog } from "./delivery/event-log.ts";
import type { BotEvent } from "./model/events/events.ts";
import type { Message } from "./model/message/message.ts";
import type { MediaRecord } from "./ports/media.ts";
import type { ManyQuery } from "./ports/messages.ts";
import type { WebhookService } from "./webhooks/webhook-service.ts";
import type { Principal } from "./model/principal.ts";
import type { Device } from "./device/device.ts";

/** The bot. `as` is the only door to it: what it hands out is already authorised. */
export interface App {
  /** Throws `unauthorized`; `rate_limited` after too many wrong keys from one address. */
  authenticate(credential: Credential, address: string): Principal;
  /** Whether a key of that id still lets somebody in. */
  isKeyUsable(id: string): boolean;
  as(principal: Principal): Workspace;
  /** Tenants, keys, everybody's devices, the audit log. Throws `forbidden` for anybody but the admin. */
  administer(principal: Principal): Administration;
}

/** A message, and the id of its device. */
export interface DeviceMessage {
  readonly device: string;
  readonly message: Message;
}

/** What one principal may use. A socket or a request owns a Workspace, never the App. */
export interface Workspace {
  readonly principal: Principal;
  readonly tenant: string;
  readonly webhooks: WebhookService;
  /** Whether answers carry links to files, for whoever has no key. */
  readonly hasLinks: boolean;
  /** Everything that happened on the workspace's devices. */
  readonly log: EventLog;
  /** Throws `not_found`, in the same words for absent and foreign. */
  device(id: string): Device;
  devices(): Device[];
  /** What its devices sent and are to send, as it was queued, newest first. */
  messages(query: ManyQuery): Promise<{ messages: DeviceMessage[]; next: number | null }>;
  /** What the tenant has of each of its budgets. */
  usage(): Promise<BudgetUse[]>;
  /** Throws `invalid` for a bad id, `limit_reached`, and as `Device.configure`; an existing one is returned as it is. */
  createDevice(id: string, label?: string, proxy?: string): Promise<Device>;
  /** A file of this tenant. `bytes` fetches it from WhatsApp when it is not here yet. Throws `not_found`. */
  file(id: string): Promise<{ record: MediaRecord; bytes: () => Promise<Blob> }>;
  /** Every event of the workspace's devices as it happens, until the returned function is called. */
  listen(hear: (event: BotEvent) => void): () => void;
}
