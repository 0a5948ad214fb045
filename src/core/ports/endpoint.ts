/** A webhook's state: `paused` keeps what is owed for later; `disabled` is owed nothing new. */
export const endpointStates = ["active", "paused", "disabled"] as const;
export type EndpointState = (typeof endpointStates)[number];

export interface EndpointSecret {
  /** `whsec_<base64>`, or text whose UTF-8 bytes are the secret. */
  secret: string;
  /** Milliseconds since 1970 after which it no longer signs; null is the present one. */
  expiresAt: number | null;
}

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
  /** Sent with every delivery. */
  headers: Record<string, string>;
  /** What it answers to an event is sent into the chat of the event. */
  replies: boolean;
  /** Messages are delivered as WhatsApp has them, too. */
  raw: boolean;
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
