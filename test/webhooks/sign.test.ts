import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { Failure } from "../../src/core/base/failure.ts";
import { newSecret, secretBytes } from "../../src/core/webhooks/webhook-secret.ts";
import { signed } from "../../src/webhooks/sign.ts";

const body = JSON.stringify({ id: "e1", data: { text: "hé 🕊" } });
const delivery = { id: "e1", type: "message.received", body, at: Date.now() };

test("the official verifier accepts every secret of a rotation, and no other", () => {
  const [present, old, foreign] = [newSecret(), newSecret(), newSecret()];
  const headers = signed(delivery, [present, old]);
  expect(new Webhook(present).verify(body, headers)).toEqual(JSON.parse(body));
  expect(new Webhook(old).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(foreign).verify(body, headers)).toThrow();
  expect(() => new Webhook(present).verify(`${body} `, headers)).toThrow();
});

test("a text is a secret too, the same bytes for both signatures", () => {
  const secret = "a secret of my own";
  const headers = signed(delivery, [secret]);
  expect(new Webhook(secret, { format: "raw" }).verify(body, headers)).toEqual(JSON.parse(body));
  expect(headers["x-webhook-signature"]).toBe(createHmac("sha256", secret).update(body).digest("hex"));
  expect(headers["x-webhook-event"]).toBe("message.received");
});

test("the published vector of Standard Webhooks", () => {
  const headers = signed(
    { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", type: "t", body: '{"test": 2432232314}', at: 1614265330_000 },
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  );
  expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("a secret that cannot be is refused with its field", () => {
  for (const secret of ["whsec_!!!", "whsec_c2hvcnQ=", "short", `x${"y".repeat(300)}`]) {
    expect(() => secretBytes(secret, "WEBHOOK_SECRET")).toThrow(Failure);
    expect(() => secretBytes(secret, "WEBHOOK_SECRET")).toThrow(/^WEBHOOK_SECRET takes/);
  }
});
