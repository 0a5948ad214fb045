import { expect, test } from "bun:test";
import { faces } from "../../src/api/faces/index.ts";
import type { Row } from "../../src/api/table/row.ts";
import { bulkStates } from "../../src/core/ports/bulk.ts";
import { messageStatuses } from "../../src/core/model/message/message.ts";
import { actionKinds } from "../../src/core/model/content/action.ts";
import { contentKinds } from "../../src/core/model/content/content.ts";
import { deliveryStages } from "../../src/core/ports/deliveries.ts";
import { draftKinds } from "../../src/core/model/content/draft.ts";
import { endpointStates } from "../../src/core/ports/endpoint.ts";
import { ownFailReasons } from "../../src/core/model/message/fail-reason.ts";
import { failureCodes } from "../../src/core/base/failure.ts";
import { waitReasons } from "../../src/core/model/waiting.ts";
import { logLevels } from "../../src/core/base/log-tail.ts";
import { phases as phaseNames, reasons as reasonNames } from "../../src/core/model/phase.ts";
import { passkeyStages } from "../../src/core/model/passkey.ts";
import { settingChanges, settingSources } from "../../src/core/ports/settings.ts";
import { scopes } from "../../src/core/model/scopes.ts";
import { keys } from "../../src/dashboard/words/access.ts";
import { acts } from "../../src/dashboard/words/acts.ts";
import { chats } from "../../src/dashboard/words/chats.ts";
import { advice } from "../../src/dashboard/words/common.ts";
import { phases, reasons } from "../../src/dashboard/words/devices.ts";
import { logs } from "../../src/dashboard/words/logs.ts";
import { bulk, outbox, send } from "../../src/dashboard/words/outbox.ts";
import { passkey } from "../../src/dashboard/words/passkey.ts";
import { config } from "../../src/dashboard/words/settings.ts";
import { sandbox } from "../../src/dashboard/words/sandbox.ts";
import { deliveries, webhooks } from "../../src/dashboard/words/webhooks.ts";
import { signatureChecks } from "../../src/webhooks/verify.ts";

const kinds = [...new Set([...contentKinds, ...actionKinds, ...draftKinds])];

const tables = faces.flatMap(({ table }) => Object.values<Row>(table));
const actNames = [
  ...new Set(tables.flatMap(({ audit }) => audit ?? [])),
  "key.refused",
  "session.open",
  "session.close_all",
];

// What a list of the core lacks here would be shown in the server's English, with underscores made spaces.
test.each([
  ["phases", phaseNames, phases.id],
  ["reasons", reasonNames, reasons.id],
  ["reasons to wait", waitReasons, outbox.id.reasons],
  ["stages of a passkey", passkeyStages, passkey.id.stages],
  ["states of messages", messageStatuses, send.id.states],
  ["states of bulks", bulkStates, bulk.id.states],
  ["stages of deliveries", deliveryStages, deliveries.id.states],
  ["states of webhooks", endpointStates, webhooks.id.states],
  ["sources of settings", settingSources, config.id.sources],
  ["ways of settings", settingChanges, config.id.hows],
  ["scopes", scopes, keys.id.scopeNames],
  ["levels", logLevels, logs.id.levels],
  ["kinds of messages", kinds, chats.id.kinds],
  ["verdicts on deliveries", signatureChecks, sandbox.id.verdicts],
  ["codes of failures", failureCodes, advice.id],
  ["acts of the audit", actNames, acts.id],
  ["acts of the audit, in English", actNames, acts.en],
  ["reasons to fail", Object.keys(ownFailReasons), outbox.id.fails],
] as const)("the pages have words for all %s", (_, names, words) => {
  expect(names.filter((name) => !(name in words))).toEqual([]);
});
