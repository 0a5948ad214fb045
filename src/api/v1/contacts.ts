import { Elysia, t } from "elysia";
import { unparsed } from "../form.ts";
import { Failure } from "../../core/base/failure.ts";
import { privacyValues } from "../../core/ports/people.ts";
import { phoneNumber } from "../../core/model/recipient.ts";
import { people as docs } from "../docs/v1-people.ts";
import { changes } from "../exact.ts";
import { routes } from "../face.ts";
import { done, ok } from "../ok.ts";
import { streamOf, tarOf } from "../tar.ts";
import { personArchive } from "./person-archive.ts";
import { wholeNumber } from "../paging.ts";
import { imageIn } from "../people.ts";

/** `/v1/devices/:id/contacts` and `/v1/devices/:id/profile`: people, and the account itself. */
export const contacts = () => new Elysia().use(list()).use(one()).use(kept()).use(profile()).use(privacy());

const list = () =>
  routes("/v1/devices/:id/contacts", "contacts")
    .post(
      "/check",
      async ({ workspace, params, body }) => {
        const phones = body.phones.map((phone, place) => phoneNumber(phone, `phones.${place}`));
        const { numbers, request } = await workspace.device(params.id).checkNumbers(phones);
        const data = numbers.map(({ retryAfter, ...number }) => ({ ...number, retry_after: retryAfter }));
        return { success: true, data, request };
      },
      {
        body: t.Object({
          phones: t.Array(t.String({ description: "a phone number" }), {
            minItems: 1,
            maxItems: 50,
            description: "1 to 50 phone numbers",
          }),
        }),
        ...docs.check,
      },
    )
    .get(
      "/",
      async ({ workspace, params, query }) => {
        const limit = query.limit ?? 50;
        const { search = null, after = null } = query;
        const page = await workspace.device(params.id).chatHistory.people({ search, after, limit });
        return {
          success: true,
          data: page.map(({ pushName, ...contact }) => ({ ...contact, push_name: pushName })),
          next: page.length < limit ? null : (page.at(-1)?.jid ?? null),
        };
      },
      {
        query: t.Object({
          search: t.Optional(t.String({ maxLength: 100, description: "part of a name or number" })),
          after: t.Optional(t.String({ description: "`next` of the page before" })),
          limit: wholeNumber("limit", 1, 500, "1 to 500; 50 when left out"),
        }),
        ...docs.list,
      },
    )
    .get(
      "/blocked",
      async ({ workspace, params }) => ok(await workspace.device(params.id).people.blocked()),
      docs.blocked,
    );

const one = () =>
  routes("/v1/devices/:id/contacts", "contacts")
    .get(
      "/:contact",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        const { people } = device;
        const jid = await device.person(params.contact, "contact");
        const [named, picture, about, business] = await Promise.all([
          people.identify(jid),
          people.picture(jid),
          people.about(jid),
          people.business(jid),
        ]);
        return ok({ ...named, picture, about, business });
      },
      docs.get,
    )
    .put(
      "/:contact/block",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        await device.people.block(await device.person(params.contact, "contact"), true);
        return done;
      },
      docs.block,
    )
    .delete(
      "/:contact/block",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        await device.people.block(await device.person(params.contact, "contact"), false);
        return done;
      },
      docs.unblock,
    )
    .post(
      "/:contact/presence",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        await device.people.watch(await device.person(params.contact, "contact"));
        return done;
      },
      docs.watch,
    );

/** What is kept of a person. */
const kept = () =>
  routes("/v1/devices/:id/contacts", "contacts")
    .get(
      "/:contact/export",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        const found = await device.chatHistory.export(await device.person(params.contact, "contact"));
        const headers = {
          "content-type": "application/x-tar",
          "content-disposition": 'attachment; filename="person.tar"',
          "cache-control": "no-store",
        };
        return new Response(streamOf(tarOf(personArchive(found))), { headers });
      },
      docs.export,
    )
    .delete(
      "/:contact",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        return ok({ messages: await device.chatHistory.erase(await device.person(params.contact, "contact")) });
      },
      docs.erase,
    );

const profile = () =>
  routes("/v1/devices/:id/profile", "profile")
    .get(
      "/",
      async ({ workspace, params }) => {
        const { people } = workspace.device(params.id);
        const self = await people.self();
        const [about, picture, business] = await Promise.all([
          people.about(self.jid),
          people.picture(self.jid),
          people.business(self.jid),
        ]);
        return ok({ ...self, about, picture, business });
      },
      docs.own,
    )
    .patch(
      "/",
      async ({ workspace, params, body }) => {
        const { people } = workspace.device(params.id);
        if (body.name !== undefined) await people.rename(body.name);
        if (body.about !== undefined) await people.describe(body.about);
        return done;
      },
      {
        ...changes(
          t.Object({
            name: t.Optional(
              t.String({ minLength: 1, maxLength: 25, pattern: "\\S", description: "a text of 1 to 25 characters" }),
            ),
            about: t.Optional(t.String({ maxLength: 139, description: "a text of up to 139 characters" })),
          }),
        ),
        ...docs.profile,
      },
    )
    .put(
      "/picture",
      async ({ workspace, params, request }) => {
        const device = workspace.device(params.id);
        await device.people.portray(await device.portrait(await imageIn(request)));
        return done;
      },
      { parse: unparsed, ...docs.picture },
    )
    .delete(
      "/picture",
      async ({ workspace, params }) => {
        await workspace.device(params.id).people.portray(null);
        return done;
      },
      docs.noPicture,
    );

const privacy = () =>
  routes("/v1/devices/:id/profile", "profile")
    .get(
      "/privacy",
      async ({ workspace, params }) => ok(await workspace.device(params.id).people.privacy()),
      docs.privacy,
    )
    .patch(
      "/privacy",
      async ({ workspace, params, body }) => {
        const { people } = workspace.device(params.id);
        for (const [name, value] of wishesIn(body)) await people.setPrivacy(name, value);
        return done;
      },
      { body: t.Record(t.String(), t.Unknown()), ...docs.setPrivacy },
    );

/** What is wished of which setting. Throws `invalid` before anything is changed. */
function wishesIn(body: Readonly<Record<string, unknown>>): [string, string][] {
  const names = Object.keys(privacyValues).join(", ");
  const wishes = Object.entries(body);
  if (wishes.length === 0) throw new Failure("invalid", `Nothing to change: the body takes any of ${names}.`);
  return wishes.map(([name, value]) => {
    const values = Object.hasOwn(privacyValues, name) ? privacyValues[name] : undefined;
    if (!values) throw new Failure("invalid", `"${name}" is no privacy setting: there are ${names}.`, { field: name });
    const wished = values.find((each) => each === value);
    if (wished === undefined) throw new Failure("invalid", `"${name}" takes ${values.join(", ")}.`, { field: name });
    return [name, wished];
  });
}
