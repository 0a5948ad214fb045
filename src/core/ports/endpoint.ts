import type { ChatKind } from "../model/recipient.ts";

/** A webhook's state: `paused` keeps what is owed for later; `disabled` is owed nothing new. */
export const endpointStates = ["active", "paused", "disabled"] as const;
export type EndpointState = (typeof endpointStates)[number];

export interface EndpointSecret {
  /** `whsec_<base64>`, or text whose UTF-8 bytes are the secret. */
  secret: string;
  /** Milliseconds since 1970 after which it no longer signs; null is the present one. */
  expiresAt: number | null;
}

/** Events come as one JSON array, all chats together. */
export interface BatchRule {
  /** At most so many. */
  events: number;
  /** Milliseconds that the first waits for others. */
  wait_ms: number;
}

/** What one chat writes comes as one JSON array once it pauses. */
export interface BurstRule {
  /** Milliseconds without a message that end it. */
  pause_ms: number;
  /** Milliseconds after which it comes though the chat goes on. */
  longest_ms: number;
  /** At most so many. */
  events: number;
}

/** What deliveries look like, unless somebody says otherwise: each event alone, from every chat. */
export const plainDelivery = {
  replies: false,
  raw: false,
  batch: null,
  burst: null,
  inlineKb: 0,
  chats: null,
  deviceGroups: null,
} as const satisfies Partial<Endpoint>;

/** A webhook, as the store holds it. */
export interface Endpoint {
  id: string;
  tenant: string;
  url: string;
  description: string | null;
  /** `message.*`, `device.connected`, `*`. */
  events: string[];
  /** Ids as the tenant knows them; null is every device. */
  devices: string[] | null;
  /** Only devices whose `device_group` is one of these; null is every device. */
  deviceGroups: string[] | null;
  /** Sent with every delivery. */
  headers: Record<string, string>;
  /** What it answers to an event is sent into the chat of the event. */
  replies: boolean;
  /** Messages are delivered as WhatsApp has them, too. */
  raw: boolean;
  /** Not with `burst`, nor with `replies`. */
  batch: BatchRule | null;
  burst: BurstRule | null;
  /** Files of up to so many kilobytes stand in the event, in base64; 0: none. */
  inlineKb: number;
  /** Of what happens in chats only these are told; null: all. */
  chats: ChatKind[] | null;
  /** The newest first; every one that is not expired signs. */
  secrets: EndpointSecret[];
  state: EndpointState;
  /** Why it is disabled, for people. */
  reason: string | null;
  /** `environment` is the operator's own word and follows WEBHOOK_URL; `api` goes through the SSRF guard. */
  origin: "environment" | "api";
  /** Since when every attempt has failed, milliseconds since 1970; null when the last one did not. */
  failingSince: number | null;
  createdAt: number;
  updatedAt: number;
}

export interface Endpoints {
  list(): Promise<Endpoint[]>;
  /** Creates it, or replaces it whole. */
  put(endpoint: Endpoint): Promise<void>;
  /** Since when it fails, or that it does not. A power cut may undo it. */
  failing(id: string, since: number | null): Promise<void>;
  /** What is still owed to it is owed no longer, also when one of that id comes back. */
  remove(id: string): Promise<void>;
}
