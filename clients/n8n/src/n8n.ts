/** What these nodes need of n8n's types (`n8n-workflow`), in our own words: its package has another licence. */

export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly description?: string;
  readonly action?: string;
  readonly routing?: Routing;
}

/** What a declarative node does with a field. */
export interface Routing {
  readonly request?: {
    readonly method?: string;
    readonly url?: string;
    readonly encoding?: "arraybuffer";
    readonly returnFullResponse?: boolean;
  };
  readonly send?: {
    readonly type: "query" | "body";
    readonly property?: string;
    readonly value?: string;
  };
  readonly output?: { readonly postReceive: readonly { readonly type: string; readonly properties: object }[] };
}

export interface Field {
  readonly displayName: string;
  readonly name: string;
  readonly type: "string" | "number" | "boolean" | "options" | "multiOptions" | "json" | "collection" | "notice";
  readonly default: string | number | boolean | readonly string[] | object;
  readonly required?: boolean;
  readonly noDataExpression?: boolean;
  readonly description?: string;
  readonly placeholder?: string;
  readonly options?: readonly (Choice | Field)[];
  readonly typeOptions?: { readonly password?: boolean; readonly minValue?: number; readonly maxValue?: number };
  readonly displayOptions?: { readonly show: Readonly<Record<string, readonly string[]>> };
  readonly routing?: Routing;
}

export interface Node {
  readonly description: {
    readonly displayName: string;
    readonly name: string;
    readonly icon: string;
    readonly group: readonly ("transform" | "trigger")[];
    readonly version: number;
    readonly subtitle?: string;
    readonly description: string;
    readonly defaults: { readonly name: string };
    readonly inputs: readonly "main"[];
    readonly outputs: readonly "main"[];
    readonly credentials: readonly { readonly name: string; readonly required: boolean }[];
    readonly requestDefaults?: { readonly baseURL: string; readonly headers: Readonly<Record<string, string>> };
    readonly webhooks?: readonly {
      readonly name: "default";
      readonly httpMethod: "POST";
      readonly responseMode: "onReceived";
      readonly path: string;
    }[];
    readonly properties: readonly Field[];
  };
}

/** A request as n8n's helpers take it. */
export interface HttpAsk {
  readonly method: string;
  readonly url: string;
  readonly body?: object;
  readonly json: true;
}

interface Context {
  getNodeParameter(name: string, fallback?: unknown): unknown;
  getCredentials(name: string): Promise<Record<string, string>>;
  getWorkflowStaticData(of: "node"): Record<string, unknown>;
  readonly helpers: {
    httpRequestWithAuthentication(this: Context, credentials: string, ask: HttpAsk): Promise<unknown>;
  };
}

/** While a workflow is activated or not any more. */
export interface HookContext extends Context {
  getNodeWebhookUrl(name: "default"): string;
}

/** While a request is there. */
export interface WebhookContext extends Context {
  getRequestObject(): { readonly rawBody: Uint8Array; readonly headers: Readonly<Record<string, string | undefined>> };
  getResponseObject(): { status(code: number): { send(text: string): unknown } };
}
