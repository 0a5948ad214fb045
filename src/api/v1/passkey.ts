import { Elysia, t } from "elysia";
import * as docs from "../docs/v1-passkey.ts";
import { type Tools, routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";
import { ok } from "../ok.ts";
import { ownAddress } from "../own-address.ts";
import { assertionSchema, ceremonyBody, sameSchema, signingAddress, webAddress } from "../passkey.ts";

const prefix = "/v1/devices/:id/pairing/passkey";

/** `/v1/devices/:id/pairing/passkey`: the ceremony by which an account with a passkey is linked. */
export const passkey = (tools: Tools) => new Elysia().use(ceremonies(tools)).use(answers());

const ceremonies = ({ passkeyLinks, ...place }: Tools) =>
  routes(prefix, "devices")
    .get("/", ({ workspace, params }) => ok(ceremonyBody(workspace.device(params.id).passkey.running())), docs.get)
    .post(
      "/",
      ({ workspace, params, request }) => {
        const device = workspace.device(params.id);
        const { id: ceremony } = device.passkey.running();
        const { tenant, key } = workspace.principal;
        const { token, expiresAt } = passkeyLinks.sign({ tenant, device: device.id, key, ceremony });
        const url = signingAddress(ownAddress(request, place), token);
        return ok({ url, web_url: webAddress(url), expires_at: unixSeconds(expiresAt) });
      },
      docs.link,
    )
    .delete(
      "/",
      async ({ workspace, params }) => {
        await workspace.device(params.id).passkey.cancel();
        return docs.cancelled;
      },
      docs.cancel,
    );

const answers = () =>
  routes(prefix, "devices")
    .post(
      "/assertion",
      async ({ workspace, params, body }) => {
        await workspace.device(params.id).passkey.sign(body.assertion);
        return docs.signed;
      },
      { body: t.Object({ assertion: assertionSchema }), ...docs.sign },
    )
    .post(
      "/confirm",
      async ({ workspace, params, body }) => {
        await workspace.device(params.id).passkey.confirm(body.same);
        return body.same ? docs.confirmed : docs.differs;
      },
      { body: t.Object({ same: sameSchema }), ...docs.confirm },
    );
