import type { Workspace } from "../../core/app.ts";
import { withFiles } from "../../core/media/files-in.ts";
import { givenFor } from "../../core/media/media-link.ts";
import type { Tools } from "../face.ts";
import { unixSeconds } from "../moment.ts";
import { ownAddress } from "../own-address.ts";

type Asked = { workspace: Workspace; request: Request };

/** Adds to each file in an answer a link for whoever has no key, where its tenant wants that. */
export const fileLinks =
  ({ mediaLinks, ...place }: Pick<Tools, "mediaLinks" | "publicUrl" | "basePath">) =>
  ({ workspace, request }: Asked) => {
    const { tenant, key } = workspace.principal;
    const address = ownAddress(request, place);
    return <T>(answer: T): T =>
      !workspace.hasLinks
        ? answer
        : withFiles(answer, ({ media_id: media }) => {
            const { token, expiresAt } = mediaLinks.sign({ tenant, media, key, isGiven: true }, givenFor);
            return { link: `${address}/media/${token}`, link_expires_at: unixSeconds(expiresAt) };
          });
  };
