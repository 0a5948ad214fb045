import { type Answers, operation } from "./answers.ts";
import { keyed } from "./keyed.ts";
import { queued, unlinked } from "./v1-messages.ts";

const counts = {
  queued: 2,
  waiting: 0,
  sending: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  played: 0,
  failed: 0,
  cancelled: 0,
};
export const running = {
  bulk_id: "0194f6b0-7c1e-7d3a-9d7e-2f0c6a1b4e55",
  status: "running",
  total: 2,
  counts,
  created_at: 1703145670,
  done_at: null,
};
const done = {
  ...running,
  status: "done",
  counts: { ...counts, queued: 0, delivered: 1, read: 1 },
  done_at: 1703145672,
};

export const unknownBulk = {
  404: ["There is no such bulk", { success: false, error: "There is no such bulk on this device.", code: "not_found" }],
} satisfies Answers;

const nobody =
  'takes a phone number with country code ("628123456789" or "+62 812-3456-789"), a JID, a LID or a group id ("1203…@g.us").';

export const send = operation(
  "Queues one thing to many (`to`), or many things (`messages`): all of it or nothing. `Idempotency-Key` makes a repeated call the same bulk, for 14 days",
  keyed,
  {
    202: [
      "All of it is on disk and leaves like any other message. `bulk.progress` tells how it gets on, `bulk.done` the end",
      { success: true, data: running },
    ],
    400: [
      "Something of it cannot be sent; nothing was queued. `rows` names up to 50 of them, when there are more than one",
      {
        success: false,
        error: `"to.1" ${nobody} 1 more is refused: "rows" names them.`,
        code: "invalid",
        rows: [
          { field: "to.1", error: `"to.1" ${nobody}`, code: "invalid" },
          { field: "to.2", error: '"to.2" is the same as "to.0": name everybody once.', code: "invalid" },
        ],
      },
    ],
    ...unlinked,
    429: [
      "The queue has no room for all of it; `Retry-After` says when to try again",
      {
        success: false,
        error: "9800 of the 10000 messages that may wait at this device are there already; send 200 or fewer now.",
        code: "queue_full",
      },
    ],
  },
);

export const list = operation("What was sent to many, newest first", keyed, {
  200: ["A page; `cursor` leads to the next, null at the end", { success: true, data: [done], cursor: null }],
  400: [
    "A parameter is wrong",
    { success: false, error: '"limit" takes a whole number from 1 to 500.', code: "invalid" },
  ],
});

export const bulk = operation(
  "How a bulk gets on: `counts` has each of its messages once, under the status its own call shows. Kept for 14 days after its end",
  keyed,
  { 200: ["The bulk", { success: true, data: done }], ...unknownBulk },
);

export const messages = operation("The messages of a bulk in the order they were given", keyed, {
  200: ["A page; `cursor` leads to the next, null at the end", { success: true, data: [queued], cursor: null }],
  400: [
    "A parameter is wrong",
    {
      success: false,
      error: '"status" takes one of queued, waiting, sending, sent, failed, cancelled, delivered, read, played.',
      code: "invalid",
    },
  ],
  ...unknownBulk,
});

export const cancel = operation("Takes back what has not left yet", keyed, {
  200: [
    "What was on its way goes on; nothing else of it will be sent",
    { success: true, data: { ...running, status: "cancelling", counts: { ...counts, queued: 0, cancelled: 2 } } },
  ],
  ...unknownBulk,
  409: [
    "Nothing is left to take back",
    { success: false, error: "This bulk is done: nothing of it is left to be sent.", code: "conflict" },
  ],
});
