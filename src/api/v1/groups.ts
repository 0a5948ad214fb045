import { Elysia, type Static, t } from "elysia";
import { unparsed } from "../form.ts";
import { Failure } from "../../core/base/failure.ts";
import {
  type Group,
  type Invitation,
  type JoinRequest,
  type MadeGroup,
  type MemberResult,
  memberActions,
} from "../../core/ports/groups.ts";
import type { Device } from "../../core/device/device.ts";
import { group as groupSchema, groups as docs, joinRequest, madeGroup, memberResult } from "../docs/v1-groups.ts";
import { changes } from "../exact.ts";
import { routes } from "../face.ts";
import { done, ok } from "../ok.ts";
import { groupId, imageIn, inviteCode, jidsOf } from "../people.ts";

const members = t.Array(t.String({ description: "a phone number, JID, LID or username" }), {
  minItems: 1,
  maxItems: 256,
  description: "1 to 256 phone numbers, JIDs, LIDs or usernames",
});
export const subject = t.String({
  minLength: 1,
  maxLength: 100,
  pattern: "\\S",
  description: "a text of 1 to 100 characters",
});
const timers = [0, 86_400, 604_800, 7_776_000];
const link = (code: string) => ({ code, url: `https://chat.whatsapp.com/${code}` });

const wish = t.Object({
  subject: t.Optional(subject),
  description: t.Optional(t.Nullable(t.String({ maxLength: 2_048, description: "up to 2,048 characters, or null" }))),
  announce_only: t.Optional(t.Boolean({ description: "true or false: whether only admins write" })),
  locked: t.Optional(
    t.Boolean({ description: "true or false: whether only admins change subject, description and picture" }),
  ),
  join_approval: t.Optional(
    t.Boolean({ description: "true or false: whether who comes by the link waits for an admin" }),
  ),
  members_add: t.Optional(t.Boolean({ description: "true or false: whether every member may add others" })),
  timer: t.Optional(
    t.Union(
      timers.map((seconds) => t.Literal(seconds)),
      { description: "0, 86400, 604800 or 7776000 seconds" },
    ),
  ),
});

const ticket = t.Object({
  code: t.String({
    minLength: 1,
    maxLength: 256,
    description: "an invite link or its code, or the code of a personal invitation",
  }),
  group: t.Optional(t.String({ description: "the group, of a personal invitation (group_invite)" })),
  from: t.Optional(t.String({ description: "who sent it, of a personal invitation" })),
  expires_at: t.Optional(
    t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "Unix seconds, of a personal invitation" }),
  ),
});

/** A personal invitation, as its message said it. Throws `invalid`. */
async function invitationOf(
  device: Pick<Device, "person">,
  { code, from, expires_at: expiresAt }: Static<typeof ticket>,
  group: string,
): Promise<Invitation> {
  if (from === undefined || expiresAt === undefined)
    throw new Failure(
      "invalid",
      'A personal invitation takes "group", "code", "from" and "expires_at" of its message.',
      {
        field: from === undefined ? "from" : "expires_at",
      },
    );
  return { group: groupId(group), code, from: await device.person(from, "from"), expiresAt };
}

/** `/v1/devices/:id/groups`. */
export const groups = () => new Elysia().use(list()).use(one()).use(picture()).use(joining());

const list = () =>
  routes("/v1/devices/:id/groups", "groups")
    .get(
      "/",
      async ({ workspace, params }) => ok((await workspace.device(params.id).groups.list()).map(groupBody)),
      docs.list,
    )
    .post(
      "/",
      async ({ workspace, params, body }) => {
        const device = workspace.device(params.id);
        const { groups: calls } = device;
        const people = await jidsOf(device, body.members, "members");
        const community = body.community === undefined ? undefined : groupId(body.community, "community");
        return ok(madeBody(await calls.create(body.subject, people, community)));
      },
      {
        body: t.Object({
          subject,
          members,
          community: t.Optional(t.String({ description: "the id of a community, whose group it becomes" })),
        }),
        ...docs.create,
      },
    )
    .get(
      "/preview",
      async ({ workspace, params, query }) =>
        ok(groupBody(await workspace.device(params.id).groups.preview(inviteCode(query.code)))),
      { query: t.Object({ code: t.String({ description: "an invite link or its code" }) }), ...docs.preview },
    )
    .post(
      "/join",
      async ({ workspace, params, body }) => {
        const device = workspace.device(params.id);
        const { groups: calls } = device;
        if (body.group === undefined) return ok(await calls.join(inviteCode(body.code)));
        await calls.accept(await invitationOf(device, body, body.group));
        return ok({ id: body.group, pending: false });
      },
      { body: ticket, ...docs.join },
    );

const one = () =>
  routes("/v1/devices/:id/groups", "groups")
    .get(
      "/:group",
      async ({ workspace, params }) =>
        ok(groupBody(await workspace.device(params.id).groups.get(groupId(params.group)))),
      docs.get,
    )
    .patch(
      "/:group",
      async ({ workspace, params, body }) => {
        const { groups: calls } = workspace.device(params.id);
        const id = groupId(params.group);
        const { subject: name, description, announce_only: announceOnly, join_approval: joinApproval } = body;
        if (name !== undefined) await calls.rename(id, name);
        if (description !== undefined) await calls.describe(id, description);
        await calls.settings(id, {
          ...(announceOnly === undefined ? {} : { announceOnly }),
          ...(joinApproval === undefined ? {} : { joinApproval }),
          ...(body.locked === undefined ? {} : { locked: body.locked }),
          ...(body.members_add === undefined ? {} : { membersAdd: body.members_add }),
          ...(body.timer === undefined ? {} : { timer: body.timer }),
        });
        return done;
      },
      { ...changes(wish), ...docs.change },
    )
    .delete(
      "/:group",
      async ({ workspace, params }) => {
        await workspace.device(params.id).groups.leave(groupId(params.group));
        return done;
      },
      docs.leave,
    )
    .post(
      "/:group/members",
      async ({ workspace, params, body }) => {
        const device = workspace.device(params.id);
        const { groups: calls } = device;
        const people = await jidsOf(device, body.members, "members");
        return ok((await calls.change(groupId(params.group), body.action, people)).map(resultOf));
      },
      {
        body: t.Object({
          action: t.Union(
            memberActions.map((action) => t.Literal(action)),
            { description: memberActions.join(", ") },
          ),
          members,
        }),
        ...docs.members,
      },
    );

const picture = () =>
  routes("/v1/devices/:id/groups", "groups")
    .get(
      "/:group/picture",
      async ({ workspace, params }) =>
        ok({ picture: await workspace.device(params.id).people.picture(groupId(params.group)) }),
      docs.shownPicture,
    )
    .put(
      "/:group/picture",
      async ({ workspace, params, request }) => {
        const device = workspace.device(params.id);
        await device.groups.picture(groupId(params.group), await device.portrait(await imageIn(request)));
        return done;
      },
      { parse: unparsed, ...docs.picture },
    )
    .delete(
      "/:group/picture",
      async ({ workspace, params }) => {
        await workspace.device(params.id).groups.picture(groupId(params.group), null);
        return done;
      },
      docs.noPicture,
    );

const joining = () =>
  routes("/v1/devices/:id/groups", "groups")
    .get(
      "/:group/invite",
      async ({ workspace, params }) => ok(link(await workspace.device(params.id).groups.invite(groupId(params.group)))),
      docs.invite,
    )
    .delete(
      "/:group/invite",
      async ({ workspace, params }) =>
        ok(link(await workspace.device(params.id).groups.revokeInvite(groupId(params.group)))),
      docs.revoke,
    )
    .get(
      "/:group/requests",
      async ({ workspace, params }) =>
        ok((await workspace.device(params.id).groups.requests(groupId(params.group))).map(requestOf)),
      docs.requests,
    )
    .post(
      "/:group/requests",
      async ({ workspace, params, body }) => {
        const device = workspace.device(params.id);
        const { groups: calls } = device;
        const people = await jidsOf(device, body.members, "members");
        return ok((await calls.decide(groupId(params.group), body.verdict, people)).map(resultOf));
      },
      {
        body: t.Object({
          verdict: t.Union([t.Literal("approve"), t.Literal("reject")], { description: "approve or reject" }),
          members,
        }),
        ...docs.decide,
      },
    );

const madeBody = ({ group, refused }: MadeGroup): Static<typeof madeGroup> => ({
  ...groupBody(group),
  refused: refused.map(resultOf),
});

const resultOf = ({ invite, ...result }: MemberResult): Static<typeof memberResult> => ({
  ...result,
  invite: invite && { code: invite.code, expires_at: invite.expiresAt },
});

export const groupBody = ({
  createdAt,
  announceOnly,
  joinApproval,
  membersAdd,
  ...group
}: Group): Static<typeof groupSchema> => ({
  ...group,
  created_at: createdAt,
  announce_only: announceOnly,
  join_approval: joinApproval,
  members_add: membersAdd,
});

const requestOf = ({ requestedAt, ...person }: JoinRequest): Static<typeof joinRequest> => ({
  ...person,
  requested_at: requestedAt,
});
