import { Elysia, type Static, t } from "elysia";
import type { PartGroup } from "../../core/ports/communities.ts";
import { communities as docs, partGroup } from "../docs/v1-groups.ts";
import { routes } from "../face.ts";
import { done, ok } from "../ok.ts";
import { groupId } from "../people.ts";
import { groupBody, subject } from "./groups.ts";

const community = (id: string) => groupId(id, "community");

/** `/v1/devices/:id/communities`. Everything else about a community is as about any group. */
export const communities = () => new Elysia().use(list()).use(parts());

const list = () =>
  routes("/v1/devices/:id/communities", "groups")
    .get(
      "/",
      async ({ workspace, params }) => {
        const groups = await workspace.device(params.id).groups.list();
        return ok(groups.filter(({ community: is }) => is).map(groupBody));
      },
      docs.list,
    )
    .post(
      "/",
      async ({ workspace, params, body }) => {
        const { communities: calls } = workspace.device(params.id);
        return ok(groupBody(await calls.create(body.subject, body.description ?? null)));
      },
      {
        body: t.Object({
          subject,
          description: t.Optional(t.Nullable(t.String({ maxLength: 2_048, description: "up to 2,048 characters" }))),
        }),
        ...docs.create,
      },
    )
    .delete(
      "/:community",
      async ({ workspace, params }) => {
        await workspace.device(params.id).communities.leave(community(params.community));
        return done;
      },
      docs.leave,
    );

const parts = () =>
  routes("/v1/devices/:id/communities", "groups")
    .get(
      "/:community/groups",
      async ({ workspace, params }) =>
        ok((await workspace.device(params.id).communities.groups(community(params.community))).map(partBody)),
      docs.groups,
    )
    .post(
      "/:community/groups",
      async ({ workspace, params, body }) => {
        const groups = body.groups.map((id, place) => groupId(id, `groups.${place}`));
        return ok(await workspace.device(params.id).communities.link(community(params.community), groups));
      },
      {
        body: t.Object({
          groups: t.Array(t.String({ description: "a group id" }), {
            minItems: 1,
            maxItems: 100,
            description: "1 to 100 group ids",
          }),
        }),
        ...docs.link,
      },
    )
    .delete(
      "/:community/groups/:group",
      async ({ workspace, params }) =>
        ok(await workspace.device(params.id).communities.unlink(community(params.community), [groupId(params.group)])),
      docs.unlink,
    );

const partBody = ({ createdAt, ...part }: PartGroup): Static<typeof partGroup> => ({ ...part, created_at: createdAt });
