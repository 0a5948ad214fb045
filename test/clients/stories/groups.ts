import { field, same, type Story } from "../story.ts";

export const groups: readonly Story[] = [
  ...(["lid", "pn"] as const).map((addressing): Story => ({
    name: `a group addressed by ${addressing} is talked in both ways`,
    play: async ({ sim, player, phone, ann }) => {
      const ben = sim.contact("628123456780", { name: "Ben" });
      const group = sim.group("Family", [ann, ben, phone], { addressing });
      await player.hears("joined", ({ chat }) => chat === group.id);
      for (const at of [1, 2]) {
        await ann.says(`question ${at}`, { to: group });
        await player.hears("message", ({ text }) => text === `question ${at}`);
        await player.do("text", { to: group.id, text: `answer ${at}` });
        for (const hearer of [ann, ben, phone]) await hearer.hears(`answer ${at}`);
      }
      ben.user.phone.forgetSessions();
      await player.do("text", { to: group.id, text: "who lost the keys asks again" });
      await ben.hears("who lost the keys asks again");
    },
  })),
  {
    name: "a client makes a group, runs it and leaves it",
    play: async ({ sim, player, ann }) => {
      const ben = sim.contact("628123456780", { name: "Ben" });
      const asked = { approval: true, announce: true, ephemeral: 86_400, everyone: true };
      const made = await player.do("create-group", { text: "Family", members: [ann.jid], group: asked });
      const id = field(made, "id");
      const wanted = ["true", "true", "86400", "true"];
      same(
        ["approval", "announce", "ephemeral", "everyone"].map((one) => field(made, one)),
        wanted,
        "what it was asked to be",
      );
      await player.do("announce", { to: id, on: false });
      await player.hears("group", ({ announce }) => announce === false);
      await player.do("rename", { to: id, text: "The family" });
      await player.hears("group", ({ name }) => name === "The family");
      await player.do("describe", { to: id, text: "us" });
      await player.hears("group", ({ topic }) => topic === "us");
      same(await player.do("add", { to: id, members: [ben.jid] }), [0], "adding Ben");
      await player.do("text", { to: id, text: "welcome" });
      for (const hearer of [ann, ben]) await hearer.hears("welcome");
      same(await player.do("remove", { to: id, members: [ben.jid] }), [0], "removing Ben");
      await player.do("text", { to: id, text: "without Ben" });
      await ann.hears("without Ben");
      await player.do("leave", { to: id });
      same(
        sim.findGroup(id)?.members.map(({ number }) => number),
        [ann.number],
        "who is left",
      );
      same(await player.do("groups"), [], "the groups");
    },
  },
  {
    name: "somebody who cannot be added gets an invitation, and a link lets in",
    play: async ({ sim, player, ann }) => {
      ann.refusesGroups();
      const made = await player.do("create-group", { text: "Family" });
      const id = field(made, "id");
      same(await player.do("add", { to: id, members: [ann.jid] }), [403], "adding Ann");
      const url = String(await player.do("invite-link", { to: id }));
      same(url.endsWith(sim.findGroup(id)?.inviteCode ?? "?"), true, "the link");
    },
  },
  {
    name: "a community has groups of its own",
    only: "whatsmeow",
    play: async ({ player }) => {
      const made = await player.do("create-group", { text: "Town", group: { community: true } });
      const street = await player.do("create-group", { text: "Street", group: { parent: field(made, "id") } });
      same(field(street, "parent"), field(made, "id"), "the parent in the answer");
      const joined = await player.hears("joined", ({ name }) => name === "Street");
      same(joined["parent"], field(made, "id"), "the parent in the notice");
    },
  },
  {
    name: "a name that is too long is refused",
    play: async ({ player }) => {
      const refused = await player
        .do("create-group", { text: "x".repeat(300) })
        .catch((cause: unknown) => String(cause));
      same(String(refused).search(/406|not-acceptable/) >= 0, true, `the refusal (${String(refused)})`);
    },
  },
];
