/** What the host itself says to users. */
export const guardTexts = {
  en: {
    only_private: "This works in a private chat only.",
    only_group: "This works in groups only.",
    not_listed: "This is not open to you.",
    needs_group_admin: "Only admins of this group may do that.",
    needs_admin: "Only administrators may do that.",
    needs_owner: "Only the owner may do that.",
    cooldown: "Again in {seconds} s, please.",
  },
  id: {
    only_private: "Ini hanya bisa di chat pribadi.",
    only_group: "Ini hanya bisa di grup.",
    not_listed: "Ini tidak terbuka untuk Anda.",
    needs_group_admin: "Hanya admin grup yang boleh melakukan itu.",
    needs_admin: "Hanya administrator yang boleh melakukan itu.",
    needs_owner: "Hanya pemilik yang boleh melakukan itu.",
    cooldown: "Coba lagi dalam {seconds} detik.",
  },
};
