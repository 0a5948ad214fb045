/** Written by `bun clients/typescript/generate.ts` from the server's OpenAPI, 3910660097f802d6. */
export interface paths {
  "/connection/status": {
    /**
     * Tell whether the bot is connected
     * @description Takes a key with the scope `read`.
     */
    get: operations["connectionStatus"];
  };
  "/connection/qr": {
    /**
     * Get the QR code to scan
     * @description As JSON, or as a picture by `Accept: image/png` or `image/svg+xml`. Takes a key with the scope `manage`.
     */
    get: operations["connectionQr"];
  };
  "/connection/pairing": {
    /**
     * Get the pairing code that is valid just now
     * @description Takes a key with the scope `manage`.
     */
    get: operations["connectionPairingCode"];
    /**
     * Ask WhatsApp for a pairing code, at once and without a restart
     * @description Takes a key with the scope `manage`.
     */
    post: operations["connectionNewPairingCode"];
  };
  "/connection/disconnect": {
    /**
     * Log out, forget the session and offer a new QR code
     * @description Takes a key with the scope `manage`.
     */
    post: operations["connectionDisconnect"];
  };
  "/v1/devices": {
    /**
     * List the caller's devices
     * @description Takes a key with the scope `read`.
     */
    get: operations["listDevices"];
    /**
     * Make a device
     * @description Nothing is linked yet: start it, and ask for a QR code or a pairing code. Takes a key with the scope `manage`.
     */
    post: operations["createDevice"];
  };
  "/v1/devices/{device}": {
    /**
     * Get a device
     * @description Takes a key with the scope `read`.
     */
    get: operations["getDevice"];
    /**
     * Unlink a device from WhatsApp and forget everything of it
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["deleteDevice"];
    /**
     * Change what people know a device by, and the proxy that it leaves by
     * @description Its id stays, and what is not named. With another proxy the device connects anew through that; the password of a proxy is never shown. Takes a key with the scope `manage`.
     */
    patch: operations["updateDevice"];
  };
  "/v1/devices/{device}/start": {
    /**
     * Start a device
     * @description Harmless when it runs. Takes a key with the scope `manage`.
     */
    post: operations["startDevice"];
  };
  "/v1/devices/{device}/pairing/qr": {
    /**
     * Get the QR code to scan
     * @description Waits a moment for the first one. Takes a key with the scope `manage`.
     */
    post: operations["requestQrCode"];
  };
  "/v1/devices/{device}/pairing/code": {
    /**
     * Get a pairing code to type on the phone
     * @description Takes a key with the scope `manage`.
     */
    post: operations["requestPairingCode"];
  };
  "/v1/devices/{device}/pairing/link": {
    /**
     * Make a link to a page that shows the QR code
     * @description For whoever has no key. The page may stand in a frame of yours. Takes a key with the scope `manage`.
     */
    post: operations["createQrLink"];
  };
  "/v1/devices/{device}/health": {
    /**
     * Tell whether a device is connected, and since when
     * @description Takes a key with the scope `read`.
     */
    get: operations["getDeviceHealth"];
  };
  "/v1/devices/{device}/stop": {
    /**
     * Stop a device; the session is kept
     * @description Takes a key with the scope `manage`.
     */
    post: operations["stopDevice"];
  };
  "/v1/devices/{device}/logout": {
    /**
     * Unlink a device from WhatsApp and forget its session
     * @description Takes a key with the scope `manage`.
     */
    post: operations["logoutDevice"];
  };
  "/v1/devices/{device}/retention": {
    /**
     * Tell how long a device keeps what it has
     * @description Takes a key with the scope `read`.
     */
    get: operations["getDeviceRetention"];
    /**
     * Change how long a device keeps what it has
     * @description What is older goes with the next round of pruning; what webhooks are still owed stays until then. Takes a key with the scope `manage`.
     */
    patch: operations["updateDeviceRetention"];
  };
  "/v1/devices/{device}/messages": {
    /**
     * List messages sent and to be sent, newest first
     * @description `state=waiting` are those held back, `reason=scheduled` those with a `send_at`. Takes a key with the scope `read`.
     */
    get: operations["listMessages"];
    /**
     * Send a message
     * @description Where it has to wait its `status` is `waiting`, with a `reason` and `release_at`. `scheduled`: It is to leave at the moment its `send_at` gave. `time_locked`: WhatsApp does not let this account start new chats for now; replies still go. `asking_whatsapp`: WhatsApp refused a new chat; asking whether the account is restricted. `capped`: This account has used up the new chats WhatsApp allows it in this cycle. `contact_held`: WhatsApp refused a message to this contact; it waits until they write or a day has passed. `restricted`: WhatsApp takes no messages from this account, or delivers none; it is tried again every half hour. Takes a key with the scope `send`.
     */
    post: operations["sendMessage"];
  };
  "/v1/devices/{device}/messages/{message}/cancel": {
    /**
     * Take a message back that has not left yet
     * @description One that is `queued` with the reason `unanswered` has left before, and leaves again with the same id: WhatsApp's answer to it was lost. Takes a key with the scope `send`.
     */
    post: operations["cancelMessage"];
  };
  "/v1/devices/{device}/messages/{message}/release": {
    /**
     * Send a waiting message now
     * @description A scheduled one before its moment, another whatever WhatsApp said about the account. Takes a key with the scope `send`.
     */
    post: operations["releaseMessage"];
  };
  "/v1/devices/{device}/messages/{message}/retry": {
    /**
     * Send again what failed or was taken back
     * @description Albums are not sent again as a whole, nor reactions, edits and the like. Takes a key with the scope `send`.
     */
    post: operations["retryMessage"];
  };
  "/v1/devices/{device}/messages/{message}": {
    /**
     * Tell what became of a message
     * @description Takes a key with the scope `read`.
     */
    get: operations["getMessage"];
    /**
     * Send a scheduled message at another moment
     * @description Takes a key with the scope `send`.
     */
    patch: operations["rescheduleMessage"];
  };
  "/v1/messages": {
    /**
     * List what every device sent and is to send, in the order it was queued, newest first
     * @description Takes a key with the scope `read`.
     */
    get: operations["listMessagesOfAllDevices"];
  };
  "/v1/devices/{device}/import": {
    /**
     * Take over a linked device of another server, without a scan
     * @description The files are those of a Baileys folder; `merpati import` makes them of other servers' stores. The other server must be stopped, for good. Takes a key with the scope `manage`.
     */
    post: operations["importDevice"];
  };
  "/v1/devices/{device}/pairing/passkey": {
    /**
     * Tell how far the ceremony with a passkey has come
     * @description With PASSKEY_LINKING=true, while the device is in the phase `passkey_required`. Its owner signs on web.whatsapp.com, in a browser that has the passkey. Takes a key with the scope `manage`.
     */
    get: operations["getPasskeyCeremony"];
    /**
     * Make a link by which the owner signs with a passkey
     * @description For whoever has no key. It takes one signature. Takes a key with the scope `manage`.
     */
    post: operations["createPasskeyLink"];
    /**
     * End the ceremony with a passkey
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["cancelPasskeyCeremony"];
  };
  "/v1/devices/{device}/pairing/passkey/assertion": {
    /**
     * Hand over what the owner's browser signed
     * @description What `navigator.credentials.get` gave on https://web.whatsapp.com, as `PublicKeyCredential.toJSON()` writes it. It is checked before WhatsApp gets it. Takes a key with the scope `manage`.
     */
    post: operations["signWithPasskey"];
  };
  "/v1/devices/{device}/pairing/passkey/confirm": {
    /**
     * Say whether the phone shows the same code
     * @description Takes a key with the scope `manage`.
     */
    post: operations["confirmPasskeyCode"];
  };
  "/v1/devices/{device}/bulk": {
    /**
     * List what was sent to many, newest first
     * @description Takes a key with the scope `read`.
     */
    get: operations["listBulks"];
    /**
     * Send one thing to many, or many things
     * @description `to` and one content, or `messages`: all of it is queued or nothing. Takes a key with the scope `send`.
     */
    post: operations["sendBulk"];
  };
  "/v1/devices/{device}/bulk/{bulk}": {
    /**
     * Tell how a bulk gets on
     * @description Kept for 14 days after its end. Takes a key with the scope `read`.
     */
    get: operations["getBulk"];
  };
  "/v1/devices/{device}/bulk/{bulk}/messages": {
    /**
     * List the messages of a bulk in the order they were given
     * @description Takes a key with the scope `read`.
     */
    get: operations["listBulkMessages"];
  };
  "/v1/devices/{device}/bulk/{bulk}/cancel": {
    /**
     * Take back what has not left yet
     * @description Takes a key with the scope `send`.
     */
    post: operations["cancelBulk"];
  };
  "/v1/devices/{device}/bulk/csv": {
    /**
     * Send a message for each row of a table
     * @description CSV of up to 10,000 rows: the body itself, or the form part `file`. The column `to` says whom a row is for; `text`, `caption`, `kind`, `url`, `media_id`, `send_at` and `max_wait` may be columns or stand beside the table; every other column fills `{{its name}}` in text and caption. All of it is queued or nothing. Takes a key with the scope `send`.
     */
    post: operations["sendTable"];
  };
  "/v1/devices/{device}/bulk/{bulk}/csv": {
    /**
     * Get what became of each message of a bulk, as a table
     * @description Takes a key with the scope `read`.
     */
    get: operations["getBulkTable"];
  };
  "/v1/media/{media}/link": {
    /**
     * Make a link to a file for whoever has no key
     * @description For an `<img>`, a no-code tool, a service that fetches the file. Takes a key with the scope `read`.
     */
    post: operations["createMediaLink"];
  };
  "/v1/media/{media}": {
    /**
     * Get a file
     * @description Fetched from WhatsApp first when it is not here yet. Takes a key with the scope `read`.
     */
    get: operations["getMedia"];
  };
  "/v1/media/{media}/info": {
    /**
     * Tell what is known of a file
     * @description Takes a key with the scope `read`.
     */
    get: operations["getMediaInfo"];
  };
  "/v1/media/{media}/thumbnail": {
    /**
     * Get a small JPEG of a picture
     * @description Takes a key with the scope `read`.
     */
    get: operations["getMediaThumbnail"];
  };
  "/v1/devices/{device}/media": {
    /**
     * Upload a file to be sent by its `media_id`
     * @description Takes a key with the scope `send`.
     */
    post: operations["uploadMedia"];
  };
  "/v1/devices/{device}/groups": {
    /**
     * List every group this account is in
     * @description Takes a key with the scope `read`.
     */
    get: operations["listGroups"];
    /**
     * Make a group
     * @description `refused` are those who cannot be put into it, with an invitation to send them. Takes a key with the scope `manage`.
     */
    post: operations["createGroup"];
  };
  "/v1/devices/{device}/groups/preview": {
    /**
     * Tell what an invite link leads to, without joining
     * @description Takes a key with the scope `read`.
     */
    get: operations["previewGroup"];
  };
  "/v1/devices/{device}/groups/join": {
    /**
     * Join by an invite link or a personal invitation
     * @description Takes a key with the scope `manage`.
     */
    post: operations["joinGroup"];
  };
  "/v1/devices/{device}/groups/{group}": {
    /**
     * Get a group with its members
     * @description Takes a key with the scope `read`.
     */
    get: operations["getGroup"];
    /**
     * Leave a group
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["leaveGroup"];
    /**
     * Change subject, description and settings: only what is sent changes
     * @description Takes a key with the scope `manage`.
     */
    patch: operations["updateGroup"];
  };
  "/v1/devices/{device}/groups/{group}/members": {
    /**
     * Add, remove, promote or demote members
     * @description Takes a key with the scope `manage`.
     */
    post: operations["changeGroupMembers"];
  };
  "/v1/devices/{device}/groups/{group}/picture": {
    /**
     * Tell where a group's picture is
     * @description Takes a key with the scope `read`.
     */
    get: operations["getGroupPicture"];
    /**
     * Set a group's picture: the body is the image
     * @description Takes a key with the scope `manage`.
     */
    put: operations["setGroupPicture"];
    /**
     * Take a group's picture away
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["removeGroupPicture"];
  };
  "/v1/devices/{device}/groups/{group}/invite": {
    /**
     * Get the invite link
     * @description Takes a key with the scope `read`.
     */
    get: operations["getGroupInvite"];
    /**
     * Make a new invite link; the old one is void
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["revokeGroupInvite"];
  };
  "/v1/devices/{device}/groups/{group}/requests": {
    /**
     * List who waits to be let in
     * @description Takes a key with the scope `read`.
     */
    get: operations["listJoinRequests"];
    /**
     * Let people in, or not
     * @description Takes a key with the scope `manage`.
     */
    post: operations["decideJoinRequests"];
  };
  "/v1/devices/{device}/communities": {
    /**
     * List every community this account is in
     * @description Takes a key with the scope `read`.
     */
    get: operations["listCommunities"];
    /**
     * Make a community
     * @description With a group for its announcements and one for talk. Takes a key with the scope `manage`.
     */
    post: operations["createCommunity"];
  };
  "/v1/devices/{device}/communities/{community}": {
    /**
     * Leave a community
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["leaveCommunity"];
  };
  "/v1/devices/{device}/communities/{community}/groups": {
    /**
     * List the groups of a community
     * @description Takes a key with the scope `read`.
     */
    get: operations["listCommunityGroups"];
    /**
     * Take groups into a community
     * @description Takes a key with the scope `manage`.
     */
    post: operations["linkCommunityGroups"];
  };
  "/v1/devices/{device}/communities/{community}/groups/{group}": {
    /**
     * Take a group out of a community
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["unlinkCommunityGroup"];
  };
  "/v1/devices/{device}/channels": {
    /**
     * List every channel this account follows or runs
     * @description Takes a key with the scope `read`.
     */
    get: operations["listChannels"];
    /**
     * Make a channel
     * @description WhatsApp may want its terms for channels accepted on the phone first. Takes a key with the scope `manage`.
     */
    post: operations["createChannel"];
  };
  "/v1/devices/{device}/channels/preview": {
    /**
     * Tell what a channel's link leads to, without following
     * @description Takes a key with the scope `read`.
     */
    get: operations["previewChannel"];
  };
  "/v1/devices/{device}/channels/search": {
    /**
     * Find public channels by their name
     * @description Takes a key with the scope `read`.
     */
    get: operations["searchChannels"];
  };
  "/v1/devices/{device}/channels/{channel}": {
    /**
     * Get a channel
     * @description Takes a key with the scope `read`.
     */
    get: operations["getChannel"];
    /**
     * End a channel, for everybody and for good
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["deleteChannel"];
    /**
     * Change name and description: only what is sent changes
     * @description Takes a key with the scope `manage`.
     */
    patch: operations["updateChannel"];
  };
  "/v1/devices/{device}/channels/{channel}/follow": {
    /**
     * Follow a channel: its posts come as `channel.post`
     * @description Takes a key with the scope `manage`.
     */
    put: operations["followChannel"];
    /**
     * Follow a channel no longer
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["unfollowChannel"];
  };
  "/v1/devices/{device}/channels/{channel}/mute": {
    /**
     * Mute a channel on the phone; posts are told all the same
     * @description Takes a key with the scope `manage`.
     */
    put: operations["muteChannel"];
    /**
     * Unmute a channel
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["unmuteChannel"];
  };
  "/v1/devices/{device}/channels/{channel}/posts": {
    /**
     * List posts, newest first, with what people made of them
     * @description Takes a key with the scope `read`.
     */
    get: operations["listChannelPosts"];
  };
  "/v1/devices/{device}/channels/{channel}/watch": {
    /**
     * Have WhatsApp tell views and reactions as `channel.post_counts`
     * @description Takes a key with the scope `read`.
     */
    post: operations["watchChannel"];
  };
  "/v1/devices/{device}/channels/{channel}/picture": {
    /**
     * Set a channel's picture: the body is the image
     * @description Takes a key with the scope `manage`.
     */
    put: operations["setChannelPicture"];
    /**
     * Take a channel's picture away
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["removeChannelPicture"];
  };
  "/v1/devices/{device}/channels/{channel}/followers": {
    /**
     * Tell how many run a channel, and who follows it
     * @description As far as WhatsApp shows. Takes a key with the scope `read`.
     */
    get: operations["listFollowers"];
  };
  "/v1/devices/{device}/channels/{channel}/owner": {
    /**
     * Give a channel to another of its admins
     * @description Takes a key with the scope `manage`.
     */
    put: operations["transferChannel"];
  };
  "/v1/devices/{device}/channels/{channel}/admins/{contact}": {
    /**
     * Make an admin a follower
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["demoteChannelAdmin"];
  };
  "/v1/devices/{device}/contacts/check": {
    /**
     * Tell which numbers WhatsApp knows
     * @description Ten numbers a minute are asked for, and answers are kept for a day. The rest is pending: it is asked for in the background, and `contacts.checked` tells it. Takes a key with the scope `read`.
     */
    post: operations["checkNumbers"];
  };
  "/v1/devices/{device}/contacts": {
    /**
     * List the people this account has met or saved
     * @description Takes a key with the scope `read`.
     */
    get: operations["listContacts"];
  };
  "/v1/devices/{device}/contacts/blocked": {
    /**
     * List who is blocked
     * @description Takes a key with the scope `read`.
     */
    get: operations["listBlocked"];
  };
  "/v1/devices/{device}/contacts/{contact}": {
    /**
     * Tell what is known of a person
     * @description Takes a key with the scope `read`.
     */
    get: operations["getContact"];
    /**
     * Forget everything this server keeps of what a person said and was told
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["eraseContact"];
  };
  "/v1/devices/{device}/contacts/{contact}/block": {
    /**
     * Block a person
     * @description Takes a key with the scope `manage`.
     */
    put: operations["blockContact"];
    /**
     * Unblock a person
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["unblockContact"];
  };
  "/v1/devices/{device}/contacts/{contact}/presence": {
    /**
     * Have WhatsApp tell when a person is online or types, as `presence` events
     * @description Takes a key with the scope `read`.
     */
    post: operations["watchPresence"];
  };
  "/v1/devices/{device}/contacts/{contact}/export": {
    /**
     * Hand out everything this server keeps of a person
     * @description A tar of `person.json`, JSON lines in `messages-0001.jsonl`, `sent-0001.jsonl` and `events-0001.jsonl` (as the calls and events of this API have them), and the files in `media/`, named by their ids. Takes a key with the scope `manage`.
     */
    get: operations["exportContact"];
  };
  "/v1/devices/{device}/profile": {
    /**
     * Get the account's own profile
     * @description Takes a key with the scope `read`.
     */
    get: operations["getProfile"];
    /**
     * Change the account's name and about: only what is sent changes
     * @description Takes a key with the scope `manage`.
     */
    patch: operations["updateProfile"];
  };
  "/v1/devices/{device}/profile/picture": {
    /**
     * Set the account's own picture: the body is the image
     * @description Takes a key with the scope `manage`.
     */
    put: operations["setProfilePicture"];
    /**
     * Take the account's picture away
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["removeProfilePicture"];
  };
  "/v1/devices/{device}/profile/privacy": {
    /**
     * Tell who may see what
     * @description Takes a key with the scope `read`.
     */
    get: operations["getPrivacy"];
    /**
     * Change privacy settings: only what is sent changes
     * @description Takes a key with the scope `manage`.
     */
    patch: operations["updatePrivacy"];
  };
  "/v1/devices/{device}/history": {
    /**
     * List what was said, newest first: in all chats or one, with a search for words
     * @description `next` may lead to an empty page. Filters look through what no index has: of a large history they take their time. Takes a key with the scope `read`.
     */
    get: operations["listHistory"];
  };
  "/v1/devices/{device}/history/{message}": {
    /**
     * Get the messages of an id, in whichever chat
     * @description Whoever sends a message chooses its id, so there may be several: chat, author and id name one. Takes a key with the scope `read`.
     */
    get: operations["getHistoryMessage"];
  };
  "/v1/devices/{device}/chats": {
    /**
     * List the chats, pinned ones first, then the latest
     * @description Takes a key with the scope `read`.
     */
    get: operations["listChats"];
  };
  "/v1/devices/{device}/chats/{chat}/history": {
    /**
     * Ask the phone for messages before the oldest one that is known here
     * @description They come as history, and `history.synced` or `history.refused` names the request. Takes a key with the scope `read`.
     */
    post: operations["requestHistory"];
  };
  "/v1/devices/{device}/chats/{chat}/read": {
    /**
     * Mark a chat read and tell the senders so
     * @description Takes a key with the scope `send`.
     */
    post: operations["markChatRead"];
  };
  "/v1/devices/{device}/chats/{chat}": {
    /**
     * Archive, pin, mute, or mark a chat unread
     * @description Takes a key with the scope `manage`.
     */
    patch: operations["updateChat"];
  };
  "/v1/devices/{device}/chats/{chat}/messages/{message}/star": {
    /**
     * Star a message
     * @description Takes a key with the scope `manage`.
     */
    put: operations["starMessage"];
    /**
     * Star a message no longer
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["unstarMessage"];
  };
  "/v1/devices/{device}/chats/{chat}/messages/{message}": {
    /**
     * Take a message out of the account's own devices; everybody else keeps it
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["deleteMessageForMe"];
  };
  "/v1/devices/{device}/chats/{chat}/typing": {
    /**
     * Show the account as typing or recording in a chat, or as neither
     * @description Takes a key with the scope `send`.
     */
    post: operations["setTyping"];
  };
  "/v1/devices/{device}/presence": {
    /**
     * Show the account as online, or not
     * @description Takes a key with the scope `send`.
     */
    put: operations["setPresence"];
  };
  "/v1/devices/{device}/calls/{call}/reject": {
    /**
     * Reject a call that rings
     * @description Takes a key with the scope `manage`.
     */
    post: operations["rejectCall"];
  };
  "/v1/devices/{device}/labels": {
    /**
     * List the labels of a business account, and how many chats and messages carry each
     * @description Takes a key with the scope `read`.
     */
    get: operations["listLabels"];
    /**
     * Make a label
     * @description Takes a key with the scope `manage`.
     */
    post: operations["createLabel"];
  };
  "/v1/devices/{device}/labels/{label}": {
    /**
     * Get a label and what carries it
     * @description Takes a key with the scope `read`.
     */
    get: operations["getLabel"];
    /**
     * Delete a label, and take it off whatever carries it
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["deleteLabel"];
    /**
     * Change a label's name or color
     * @description Takes a key with the scope `manage`.
     */
    patch: operations["updateLabel"];
  };
  "/v1/devices/{device}/labels/{label}/chats/{chat}": {
    /**
     * Label a chat
     * @description Takes a key with the scope `manage`.
     */
    put: operations["labelChat"];
    /**
     * Take a label off a chat
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["unlabelChat"];
  };
  "/v1/devices/{device}/labels/{label}/chats/{chat}/messages/{message}": {
    /**
     * Label a message
     * @description Takes a key with the scope `manage`.
     */
    put: operations["labelMessage"];
    /**
     * Take a label off a message
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["unlabelMessage"];
  };
  "/v1/devices/{device}/events": {
    /**
     * List logged events of a device behind `after`, oldest first
     * @description Takes a key with the scope `read`.
     */
    get: operations["listDeviceEvents"];
  };
  "/v1/events": {
    /**
     * List events of every device behind `cursor`, oldest first, or stream them
     * @description With `Accept: text/event-stream` a stream from now on, or from `Last-Event-ID`. Takes a key with the scope `read`.
     */
    get: operations["listEvents"];
  };
  "/v1/events/{event}": {
    /**
     * Get one event, by the id that receivers know as `webhook-id`
     * @description Takes a key with the scope `read`.
     */
    get: operations["getEvent"];
  };
  "/v1/events/{event}/deliveries": {
    /**
     * Tell what became of one event, for every webhook
     * @description Takes a key with the scope `read`.
     */
    get: operations["listEventDeliveries"];
  };
  "/v1/events/{event}/plugins": {
    /**
     * Tell what became of one event, for every plugin that asked for it
     * @description Takes a key with the scope `read`.
     */
    get: operations["listEventPlugins"];
  };
  "/v1/event-types": {
    /**
     * List the type of every event there is
     * @description Takes a key with the scope `read`.
     */
    get: operations["listEventTypes"];
  };
  "/v1/event-types/{type}": {
    /**
     * Tell what an event looks like
     * @description Takes a key with the scope `read`.
     */
    get: operations["getEventType"];
  };
  "/v1/webhooks": {
    /**
     * List every webhook, those of WEBHOOK_URL too
     * @description Takes a key with the scope `read`.
     */
    get: operations["listWebhooks"];
    /**
     * Make a webhook
     * @description The answer is the only one that shows its secret unasked. Takes a key with the scope `manage`.
     */
    post: operations["createWebhook"];
  };
  "/v1/webhooks/{webhook}": {
    /**
     * Get a webhook, with how it does
     * @description Takes a key with the scope `read`.
     */
    get: operations["getWebhook"];
    /**
     * Remove a webhook; what was owed to it is owed no longer
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["deleteWebhook"];
    /**
     * Change what is named of a webhook and leave the rest
     * @description Takes a key with the scope `manage`.
     */
    patch: operations["updateWebhook"];
  };
  "/v1/webhooks/{webhook}/secret": {
    /**
     * Get the secret that signs
     * @description Takes a key with the scope `manage`.
     */
    get: operations["getWebhookSecret"];
  };
  "/v1/webhooks/{webhook}/rotate": {
    /**
     * Make a new secret
     * @description For `overlap` seconds (a day) deliveries carry the signatures of both. Takes a key with the scope `manage`.
     */
    post: operations["rotateWebhookSecret"];
  };
  "/v1/webhooks/{webhook}/test": {
    /**
     * Post a `webhook.test` now, once, outside the log
     * @description Takes a key with the scope `manage`.
     */
    post: operations["testWebhook"];
  };
  "/v1/webhooks/{webhook}/pause": {
    /**
     * Hold deliveries back without losing any
     * @description Takes a key with the scope `manage`.
     */
    post: operations["pauseWebhook"];
  };
  "/v1/webhooks/{webhook}/resume": {
    /**
     * Deliver again, what waited first
     * @description Also brings a disabled webhook back. Takes a key with the scope `manage`.
     */
    post: operations["resumeWebhook"];
  };
  "/v1/webhooks/{webhook}/deliveries": {
    /**
     * List what was owed to a webhook, newest first
     * @description Takes a key with the scope `read`.
     */
    get: operations["listDeliveries"];
  };
  "/v1/webhooks/{webhook}/deliveries/{event}": {
    /**
     * Tell why an event did or did not arrive
     * @description `not_subscribed`: it was never to be. Takes a key with the scope `read`.
     */
    get: operations["getDelivery"];
  };
  "/v1/webhooks/{webhook}/deliveries/{event}/redeliver": {
    /**
     * Deliver one event again, or for the first time
     * @description Takes a key with the scope `manage`.
     */
    post: operations["redeliverEvent"];
  };
  "/v1/webhooks/{webhook}/redeliver": {
    /**
     * Deliver again what happened in a range; dead ones unless told otherwise
     * @description Takes a key with the scope `manage`.
     */
    post: operations["redeliverEvents"];
  };
  "/v1/usage": {
    /**
     * Tell what your tenant has of each of its budgets
     * @description Takes a key with the scope `read`.
     */
    get: operations["getUsage"];
  };
  "/v1/admin/tenants": {
    /**
     * List every tenant
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listTenants"];
    /**
     * Make a tenant
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["createTenant"];
  };
  "/v1/admin/tenants/{tenant}": {
    /**
     * Remove a tenant that has no devices, with its keys
     * @description Takes a key with the scope `manage` of an administrator.
     */
    delete: operations["deleteTenant"];
    /**
     * Change a tenant's name, limits, proxy or links
     * @description Takes a key with the scope `manage` of an administrator.
     */
    patch: operations["updateTenant"];
  };
  "/v1/admin/tenants/{tenant}/usage": {
    /**
     * Tell what a tenant has of each of its budgets
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["getTenantUsage"];
  };
  "/v1/admin/tenants/{tenant}/retention": {
    /**
     * Tell how long a tenant keeps what it has
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["getTenantRetention"];
    /**
     * Change how long a tenant keeps what it has
     * @description Longer than the settings say, or shorter. With `contents: until_delivered` the tenant keeps no texts and no files. Takes a key with the scope `manage` of an administrator.
     */
    patch: operations["updateTenantRetention"];
  };
  "/v1/admin/tenants/{tenant}/devices": {
    /**
     * List a tenant's devices
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listTenantDevices"];
    /**
     * Make a device for a tenant
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["createTenantDevice"];
  };
  "/v1/admin/tenants/{tenant}/devices/{device}/export": {
    /**
     * Give a linked device out, sealed with a passphrase
     * @description For another server. Do not start it here again: two that hold the same keys throw each other out. Takes a key with the scope `manage` of an administrator.
     */
    post: operations["exportTenantDevice"];
  };
  "/v1/admin/tenants/{tenant}/devices/{device}": {
    /**
     * Unlink a tenant's device and forget everything of it
     * @description Takes a key with the scope `manage` of an administrator.
     */
    delete: operations["deleteTenantDevice"];
  };
  "/v1/admin/devices": {
    /**
     * List the devices of every tenant
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listAllDevices"];
  };
  "/v1/admin/webhooks": {
    /**
     * List the webhooks of every tenant, with how each does
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listAllWebhooks"];
  };
  "/v1/admin/messages": {
    /**
     * List what the devices of every tenant sent and are to send, in the order it was queued, newest first
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listAllMessages"];
  };
  "/v1/admin/changes": {
    /**
     * Stream that something happens, in any tenant
     * @description For pages that show every tenant: it says what to read again, never what was said. Nothing is repeated, so read the lists anew when the line was lost. Takes a key with the scope `read` of an administrator.
     */
    get: operations["streamChanges"];
  };
  "/v1/admin/tenants/{tenant}/devices/{device}/trace": {
    /**
     * Stream what WhatsApp sends to a device, for `merpati record`
     * @description Tags, names of attributes, lengths. JIDs, ids, texts and bytes are replaced by tokens, the same value by the same token. Each message that is decrypted has an entry with the numbers and lengths of its fields. Takes a key with the scope `manage` of an administrator.
     */
    get: operations["traceDevice"];
  };
  "/v1/admin/keys": {
    /**
     * List every key, never the key itself
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listKeys"];
    /**
     * Make a key
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["createKey"];
  };
  "/v1/admin/keys/{key}/rotate": {
    /**
     * Make another key in the place of one
     * @description It may do what the one before may, and ends when that was to end. Takes a key with the scope `manage` of an administrator.
     */
    post: operations["rotateKey"];
  };
  "/v1/admin/keys/{key}": {
    /**
     * Revoke a key
     * @description Nobody comes in with it, and who is in is put out. Takes a key with the scope `manage` of an administrator.
     */
    delete: operations["revokeKey"];
  };
  "/v1/admin/audit": {
    /**
     * Tell who did what, newest first
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listAudit"];
  };
  "/v1/admin/health": {
    /**
     * Tell how the process does: versions, memory, lag, what waits
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["getHealth"];
  };
  "/v1/admin/figures": {
    /**
     * List what the bot did in each minute of the last day, or each hour of the last month, oldest first
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listFigures"];
  };
  "/v1/admin/incidents": {
    /**
     * List what goes wrong and what did within a month, newest first
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listIncidents"];
  };
  "/v1/admin/alerts": {
    /**
     * Tell what the operator is told of, and by which channels
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["getAlerts"];
  };
  "/v1/admin/alerts/test": {
    /**
     * Send a message for a try by every channel, quiet hours or not
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["testAlerts"];
  };
  "/v1/admin/settings": {
    /**
     * List every setting: its value, where that stands, how it changes
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listSettings"];
    /**
     * Change settings while the bot runs, all of them or none
     * @description Takes a key with the scope `manage` of an administrator.
     */
    patch: operations["changeSettings"];
  };
  "/v1/admin/settings/reload": {
    /**
     * Read `.env` again, as SIGHUP does: all of it holds, or nothing
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["reloadSettings"];
  };
  "/v1/admin/logs": {
    /**
     * List the last lines of this run's log, oldest first, or stream them
     * @description Without keys, texts and phone numbers; LOG_LEVEL says what is logged. With `Accept: text/event-stream` a stream from now on, or from `after` or `Last-Event-ID`. Takes a key with the scope `read` of an administrator.
     */
    get: operations["listLogs"];
  };
  "/v1/admin/plugins": {
    /**
     * List every plugin and its state
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listPlugins"];
  };
  "/v1/admin/plugins/{plugin}": {
    /**
     * Get a plugin: its settings as a form, their values, where it is on
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["getPlugin"];
    /**
     * Stop a plugin, delete its file and, unless data=keep, everything it stored
     * @description Takes a key with the scope `manage` of an administrator.
     */
    delete: operations["removePlugin"];
  };
  "/v1/admin/plugins/{plugin}/entries": {
    /**
     * List what a plugin keeps, by key
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listPluginEntries"];
  };
  "/v1/admin/plugins/{plugin}/enable": {
    /**
     * Start a plugin, now and after every restart
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["enablePlugin"];
  };
  "/v1/admin/plugins/{plugin}/disable": {
    /**
     * Stop a plugin, now and after every restart
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["disablePlugin"];
  };
  "/v1/admin/plugins/{plugin}/settings": {
    /**
     * Set some of a plugin's settings; null takes one back
     * @description Takes a key with the scope `manage` of an administrator.
     */
    patch: operations["configurePlugin"];
  };
  "/v1/admin/plugins/{plugin}/scope": {
    /**
     * Say on which devices and in which chats a plugin is on
     * @description Takes a key with the scope `manage` of an administrator.
     */
    put: operations["placePlugin"];
  };
  "/v1/admin/plugins/{plugin}/replay": {
    /**
     * Hand one logged event to a plugin again
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["replayToPlugin"];
  };
  "/v1/admin/bundled-plugins": {
    /**
     * List the plugins that come with the bot
     * @description Takes a key with the scope `read` of an administrator.
     */
    get: operations["listBundledPlugins"];
  };
  "/v1/admin/bundled-plugins/{plugin}": {
    /**
     * Put a plugin that comes with the bot into the plugins folder
     * @description Takes a key with the scope `manage` of an administrator.
     */
    post: operations["addBundledPlugin"];
  };
  "/api/devices": {
    /**
     * List the caller's devices, by id
     * @description Takes a key with the scope `read`.
     */
    get: operations["deviceStates"];
  };
  "/api/devices/{device}/start": {
    /**
     * Make a device if there is none of that name, and start it
     * @description Takes a key with the scope `manage`.
     */
    post: operations["deviceStart"];
  };
  "/api/devices/{device}/status": {
    /**
     * Get the state of a device, with the QR while it waits for the scan
     * @description Takes a key with the scope `read`.
     */
    get: operations["deviceState"];
  };
  "/api/devices/{device}/send": {
    /**
     * Send a text and wait up to 8 seconds for WhatsApp to take it
     * @description Takes a key with the scope `send`.
     */
    post: operations["deviceSend"];
  };
  "/api/devices/{device}": {
    /**
     * Unlink a device and forget everything of it
     * @description Takes a key with the scope `manage`.
     */
    delete: operations["deviceRemove"];
  };
  "/status": {
    /**
     * Tell whether WhatsApp is connected
     * @description Takes a key with the scope `read`.
     */
    get: operations["gatewayStatus"];
  };
  "/api/qr": {
    /**
     * Get the QR code to scan
     * @description Takes a key with the scope `manage`.
     */
    get: operations["gatewayQr"];
  };
  "/api/qr/generate": {
    /**
     * Restart the connection for a new QR code
     * @description Takes a key with the scope `manage`.
     */
    post: operations["gatewayNewQr"];
  };
  "/api/send": {
    /**
     * Send a text and wait up to 8 seconds for WhatsApp to take it
     * @description Takes a key with the scope `send`.
     */
    post: operations["gatewaySend"];
  };
  "/api/logout": {
    /**
     * Unlink from WhatsApp and forget the session
     * @description Takes a key with the scope `manage`.
     */
    post: operations["gatewayLogout"];
  };
  "/health": {
    /** Tell whether the process answers, and what is wrong */
    get: operations["health"];
  };
  "/health/live": {
    /** Tell whether the process answers */
    get: operations["healthLive"];
  };
  "/health/ready": {
    /** Tell whether it can do its work */
    get: operations["healthReady"];
  };
  "/metrics": {
    /**
     * Get the metrics of this process, as Prometheus reads them
     * @description Needs no key from the machine itself, else METRICS_KEY or an admin key. Names and meanings stand in the answer (`# HELP`).
     */
    get: operations["getMetrics"];
  };
  "/media/{token}": {
    /** Get a file by a link that was made for it */
    get: operations["getLinkedMedia"];
  };
  "/session": {
    /** Tell who is signed in with this browser */
    get: operations["getSession"];
    /** Sign in with a key; a cookie keeps it */
    post: operations["signIn"];
    /** Sign out */
    delete: operations["signOut"];
  };
  "/docs/json": {
    /** Get this description */
    get: operations["getOpenApi"];
  };
}
export interface webhooks {
  list: {
    /**
     * Hear of several events at once
     * @description To a webhook with `batch` or `burst`, each time, also of one event. `webhook-id` names the list, the `id` of each event the event.
     */
    post: operations["onList"];
  };
  "message.received": {
    /**
     * Hear of `message.received`
     * @description Somebody wrote to the account, or the owner wrote on the phone or another device (`from_me` is true then).
     *
     *     **What follows:** `message.edited`, `message.deleted`, `message.reaction` and the like, if anybody does that. With `MEDIA_DOWNLOAD=eager` `media.ready` or `media.failed` for a file.
     */
    post: operations["onMessageReceived"];
  };
  "message.reaction": {
    /**
     * Hear of `message.reaction`
     * @description Somebody put an emoji on a message, or took it back (`emoji` is null).
     *
     *     **What follows:** Nothing.
     */
    post: operations["onMessageReaction"];
  };
  "message.edited": {
    /**
     * Hear of `message.edited`
     * @description Somebody changed the text or caption of their message. `previous` is what it said. With `applied` false nothing changed: `reason` says why, as `not_author` of who speaks of somebody else's message.
     *
     *     **What follows:** The history has the new words. Perhaps another edit.
     */
    post: operations["onMessageEdited"];
  };
  "message.deleted": {
    /**
     * Hear of `message.deleted`
     * @description Somebody took a message back for everybody. `previous` is what it said, as far as it was known here. With `applied` false nothing was: `reason` says why, as `not_author` of who is neither its author nor an admin.
     *
     *     **What follows:** Nothing: the history keeps that there was one.
     */
    post: operations["onMessageDeleted"];
  };
  "message.pinned": {
    /**
     * Hear of `message.pinned`
     * @description Somebody pinned a message in a chat, or took the pin off.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onMessagePinned"];
  };
  "message.kept": {
    /**
     * Hear of `message.kept`
     * @description Somebody kept a message that would have disappeared, or let it go.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onMessageKept"];
  };
  "poll.vote": {
    /**
     * Hear of `poll.vote`
     * @description Somebody voted in a poll that is known here, or changed their vote: `options` is their whole choice.
     *
     *     **What follows:** Another one when they change it; with `options` null the same once more when the poll, or the answer that somebody added, has come.
     */
    post: operations["onPollVote"];
  };
  "event.response": {
    /**
     * Hear of `event.response`
     * @description Somebody said whether they come to an event that is known here.
     *
     *     **What follows:** Another one when they change it.
     */
    post: operations["onEventResponse"];
  };
  "chat.timer": {
    /**
     * Hear of `chat.timer`
     * @description Somebody set how long messages of a chat stay.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onChatTimer"];
  };
  "message.undecryptable": {
    /**
     * Hear of `message.undecryptable`
     * @description A message came that cannot be read here: `reason` says why.
     *
     *     **What follows:** `message.received` with the same id when its sender or the phone sends it again in a form that can be read. Often it never comes: show that there was one.
     */
    post: operations["onMessageUndecryptable"];
  };
  "message.sent": {
    /**
     * Hear of `message.sent`
     * @description WhatsApp has a message of ours.
     *
     *     **What follows:** `message.status` as its recipients get and read it. Nothing, while their phones are off.
     */
    post: operations["onMessageSent"];
  };
  "message.failed": {
    /**
     * Hear of `message.failed`
     * @description A message of ours was given up: `code` and `error` say why. It is not tried again.
     *
     *     **What follows:** Nothing. Mend what `error` names and send anew.
     */
    post: operations["onMessageFailed"];
  };
  "message.waiting": {
    /**
     * Hear of `message.waiting`
     * @description A message of ours is held back: `reason` says why, `release_at` until when, as far as is known.
     *
     *     **What follows:** `message.released`, `message.sent`, `message.failed` or `message.cancelled`; again `message.waiting` when it is held back for another reason.
     */
    post: operations["onMessageWaiting"];
  };
  "message.released": {
    /**
     * Hear of `message.released`
     * @description A message that was held back may leave.
     *
     *     **What follows:** `message.sent` or `message.failed`.
     */
    post: operations["onMessageReleased"];
  };
  "message.cancelled": {
    /**
     * Hear of `message.cancelled`
     * @description A message was taken back before it left.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onMessageCancelled"];
  };
  "message.status": {
    /**
     * Hear of `message.status`
     * @description A recipient's phone has our message (`delivered`), or they opened it (`read`) or played it (`played`). In groups each member has their own.
     *
     *     **What follows:** The next stage. `read` never comes from people who switched that off.
     */
    post: operations["onMessageStatus"];
  };
  "bulk.progress": {
    /**
     * Hear of `bulk.progress`
     * @description A part of a bulk was settled.
     *
     *     **What follows:** More of these, at last `bulk.done`.
     */
    post: operations["onBulkProgress"];
  };
  "bulk.done": {
    /**
     * Hear of `bulk.done`
     * @description Every message of a bulk is sent, failed or cancelled.
     *
     *     **What follows:** `message.status` of those that were sent.
     */
    post: operations["onBulkDone"];
  };
  "group.joined": {
    /**
     * Hear of `group.joined`
     * @description The account is in a group: it was added, joined, or made it.
     *
     *     **What follows:** `group.members` and `group.updated`.
     */
    post: operations["onGroupJoined"];
  };
  "group.updated": {
    /**
     * Hear of `group.updated`
     * @description Somebody changed a group's subject, description, picture or settings: `change` has what is new.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onGroupUpdated"];
  };
  "group.members": {
    /**
     * Hear of `group.members`
     * @description Members came, went, or became admins or not. `remove` with the account itself: it is out of the group.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onGroupMembers"];
  };
  "group.join_request": {
    /**
     * Hear of `group.join_request`
     * @description Somebody asks to join a group whose admin the account is, or took that back, or was refused.
     *
     *     **What follows:** `group.members` when an admin lets them in: `POST …/groups/{group}/requests`.
     */
    post: operations["onGroupJoinRequest"];
  };
  "community.linked": {
    /**
     * Hear of `community.linked`
     * @description A group became part of a community.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onCommunityLinked"];
  };
  "community.unlinked": {
    /**
     * Hear of `community.unlinked`
     * @description A group is part of a community no longer.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onCommunityUnlinked"];
  };
  "channel.post": {
    /**
     * Hear of `channel.post`
     * @description A channel that the account follows posted.
     *
     *     **What follows:** `channel.post_edited`, `channel.post_deleted`, `channel.post_counts`.
     */
    post: operations["onChannelPost"];
  };
  "channel.post_edited": {
    /**
     * Hear of `channel.post_edited`
     * @description A post of a channel was changed.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onChannelPostEdited"];
  };
  "channel.post_deleted": {
    /**
     * Hear of `channel.post_deleted`
     * @description A post of a channel was taken back.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onChannelPostDeleted"];
  };
  "channel.post_counts": {
    /**
     * Hear of `channel.post_counts`
     * @description Views or reactions of posts are known anew, for a while after `POST …/channels/{channel}/watch`.
     *
     *     **What follows:** The next count.
     */
    post: operations["onChannelPostCounts"];
  };
  "channel.joined": {
    /**
     * Hear of `channel.joined`
     * @description The account follows a channel, or made one.
     *
     *     **What follows:** `channel.post`.
     */
    post: operations["onChannelJoined"];
  };
  "channel.left": {
    /**
     * Hear of `channel.left`
     * @description The account follows a channel no longer.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onChannelLeft"];
  };
  "channel.updated": {
    /**
     * Hear of `channel.updated`
     * @description A channel's name, description, picture or state changed, or the account muted it.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onChannelUpdated"];
  };
  presence: {
    /**
     * Hear of `presence`
     * @description Somebody came online, went, or types. Only of those that were asked for with `POST …/contacts/{contact}/presence`, while the account is shown as online.
     *
     *     **What follows:** The next change. It is not logged: what was missed is gone.
     */
    post: operations["onPresence"];
  };
  "call.received": {
    /**
     * Hear of `call.received`
     * @description Somebody calls; calls cannot be answered here.
     *
     *     **What follows:** `call.accepted`, `call.rejected` or `call.ended`. `POST …/calls/{call}/reject` rejects it.
     */
    post: operations["onCallReceived"];
  };
  "call.accepted": {
    /**
     * Hear of `call.accepted`
     * @description The call was answered on another device.
     *
     *     **What follows:** `call.ended`.
     */
    post: operations["onCallAccepted"];
  };
  "call.rejected": {
    /**
     * Hear of `call.rejected`
     * @description The call was rejected, on another device or here.
     *
     *     **What follows:** Perhaps `call.ended`.
     */
    post: operations["onCallRejected"];
  };
  "call.ended": {
    /**
     * Hear of `call.ended`
     * @description The call is over, or was missed: `reason` says which.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onCallEnded"];
  };
  "contact.blocked": {
    /**
     * Hear of `contact.blocked`
     * @description The account blocked somebody, or blocks them no longer, on whichever device.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onContactBlocked"];
  };
  "contact.updated": {
    /**
     * Hear of `contact.updated`
     * @description What is known of somebody changed: `changed` says what. With `jid` in it their chat and history moved.
     *
     *     **What follows:** Nothing. Move what you keep under the names in `previous`.
     */
    post: operations["onContactUpdated"];
  };
  "contact.picture": {
    /**
     * Hear of `contact.picture`
     * @description Somebody changed their picture.
     *
     *     **What follows:** Nothing. `GET …/contacts/{contact}` has the new one.
     */
    post: operations["onContactPicture"];
  };
  "contact.about": {
    /**
     * Hear of `contact.about`
     * @description Somebody changed the words about themselves.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onContactAbout"];
  };
  "contact.number_changed": {
    /**
     * Hear of `contact.number_changed`
     * @description Somebody has another number.
     *
     *     **What follows:** `contact.updated`; their chat goes on under the new one.
     */
    post: operations["onContactNumberChanged"];
  };
  "contact.resolved": {
    /**
     * Hear of `contact.resolved`
     * @description The phone number of somebody known by LID became known, or the other way round.
     *
     *     **What follows:** Perhaps `contact.updated`.
     */
    post: operations["onContactResolved"];
  };
  "contacts.checked": {
    /**
     * Hear of `contacts.checked`
     * @description Numbers of a `contacts/check` that were `pending` are known.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onContactsChecked"];
  };
  "label.updated": {
    /**
     * Hear of `label.updated`
     * @description A label of a business account was made, changed or deleted.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onLabelUpdated"];
  };
  "label.assigned": {
    /**
     * Hear of `label.assigned`
     * @description A label was put on a chat or a message, or taken off.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onLabelAssigned"];
  };
  "chat.updated": {
    /**
     * Hear of `chat.updated`
     * @description A chat was archived, pinned, muted or marked unread, on whichever device.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onChatUpdated"];
  };
  "history.synced": {
    /**
     * Hear of `history.synced`
     * @description The phone told of the past: after linking in several parts, or because it was asked for.
     *
     *     **What follows:** More parts after linking, until `progress` is 100. The messages are in the history and no events of their own.
     */
    post: operations["onHistorySynced"];
  };
  "history.refused": {
    /**
     * Hear of `history.refused`
     * @description The phone did not answer within a minute when it was asked for older messages.
     *
     *     **What follows:** Nothing. Open WhatsApp on the phone and ask again.
     */
    post: operations["onHistoryRefused"];
  };
  "history.missing": {
    /**
     * Hear of `history.missing`
     * @description A part of the past was announced and cannot be had: for half an hour its file was asked for, and the phone once.
     *
     *     **What follows:** Nothing. `POST …/chats/{chat}/history` asks the phone for older messages of a chat.
     */
    post: operations["onHistoryMissing"];
  };
  "media.ready": {
    /**
     * Hear of `media.ready`
     * @description A file is here, with `MEDIA_DOWNLOAD=eager`.
     *
     *     **What follows:** Nothing. `GET` its `url`.
     */
    post: operations["onMediaReady"];
  };
  "media.failed": {
    /**
     * Hear of `media.failed`
     * @description A file cannot be had any more.
     *
     *     **What follows:** Nothing. Ask its sender to send it again.
     */
    post: operations["onMediaFailed"];
  };
  "device.qr": {
    /**
     * Hear of `device.qr`
     * @description A QR code is there to be scanned; needs a key with `manage`.
     *
     *     **What follows:** The next one in 20 seconds (the first holds 60), or `device.paired`. After the last one `device.disconnected`.
     */
    post: operations["onDeviceQr"];
  };
  "device.pairing_code": {
    /**
     * Hear of `device.pairing_code`
     * @description A pairing code is there to be typed on the phone; needs a key with `manage`.
     *
     *     **What follows:** `device.paired`, or it expires.
     */
    post: operations["onDevicePairingCode"];
  };
  "device.passkey_required": {
    /**
     * Hear of `device.passkey_required`
     * @description WhatsApp wants a passkey to link this account.
     *
     *     **What follows:** `device.passkey_stage` with `PASSKEY_LINKING=true`. Else nothing until a person acts: `message` says how.
     */
    post: operations["onDevicePasskeyRequired"];
  };
  "device.passkey_stage": {
    /**
     * Hear of `device.passkey_stage`
     * @description The ceremony with the account's passkey has come to another stage; needs a key with `manage`.
     *
     *     **What follows:** The next stage, then `device.paired`; `device.disconnected` when it comes to nothing, whose `reason` says why.
     */
    post: operations["onDevicePasskeyStage"];
  };
  "device.paired": {
    /**
     * Hear of `device.paired`
     * @description The phone confirmed the link.
     *
     *     **What follows:** `device.connected`, then parts of `history.synced`.
     */
    post: operations["onDevicePaired"];
  };
  "device.connected": {
    /**
     * Hear of `device.connected`
     * @description The device is connected to WhatsApp: after each start and each interruption.
     *
     *     **What follows:** `device.updated` when WhatsApp tells the account's name; what was missed comes as if it came now.
     */
    post: operations["onDeviceConnected"];
  };
  "device.updated": {
    /**
     * Hear of `device.updated`
     * @description WhatsApp told something new of the account, such as its name.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onDeviceUpdated"];
  };
  "device.registering": {
    /**
     * Hear of `device.registering`
     * @description Somebody registers this number on another phone.
     *
     *     **What follows:** Nothing. If that is not the owner, the account is being taken over: warn them.
     */
    post: operations["onDeviceRegistering"];
  };
  "device.restricted": {
    /**
     * Hear of `device.restricted`
     * @description WhatsApp takes no messages of the account, or delivers none (`restricted: true`), or does so again.
     *
     *     **What follows:** While it holds, messages wait with `message.waiting`; then one with `restricted: false`.
     */
    post: operations["onDeviceRestricted"];
  };
  "device.disconnected": {
    /**
     * Hear of `device.disconnected`
     * @description The connection is lost or was stopped; `reason` says why.
     *
     *     **What follows:** `device.connected` where `will_retry` is true. Else start it again.
     */
    post: operations["onDeviceDisconnected"];
  };
  "device.logged_out": {
    /**
     * Hear of `device.logged_out`
     * @description The account is linked no longer: unlinked on the phone, logged out here, or refused by WhatsApp.
     *
     *     **What follows:** `device.qr` once somebody links it again.
     */
    post: operations["onDeviceLoggedOut"];
  };
  "webhook.test": {
    /**
     * Hear of `webhook.test`
     * @description Somebody asked for a test of a webhook.
     *
     *     **What follows:** Nothing.
     */
    post: operations["onWebhookTest"];
  };
  "webhook.disabled": {
    /**
     * Hear of `webhook.disabled`
     * @description A webhook was given up: it answered 410, or took nothing for five days. Your other webhooks hear of it.
     *
     *     **What follows:** Nothing is owed to it until `POST /v1/webhooks/{webhook}/resume`.
     */
    post: operations["onWebhookDisabled"];
  };
  "webhook.dead_lettered": {
    /**
     * Hear of `webhook.dead_lettered`
     * @description Events were given up for a webhook or removed before it took them. Your other webhooks hear of it.
     *
     *     **What follows:** Nothing. `POST /v1/webhooks/{webhook}/redeliver` makes those that are still kept due again.
     */
    post: operations["onWebhookDeadLettered"];
  };
  "plugin.fault": {
    /**
     * Hear of `plugin.fault`
     * @description A plugin failed: `action` says what was done about it. For the tenant that plugins run for.
     *
     *     **What follows:** Nothing when it was restarted. A disabled one stays so until somebody enables it.
     */
    post: operations["onPluginFault"];
  };
}
export interface components {
  schemas: {
    /**
     * Ad
     * @description The ad, link or page that led somebody here.
     */
    Ad: {
      /** @description The ad's or the post's. */
      id?: string;
      /** @description Of the ad. */
      url?: string;
      /** @description Above the ad. */
      title?: string;
      /** @description Of the ad. */
      text?: string;
      /** @description Names the click (`ctwa_clid`), for reports to Meta. */
      click_id?: string;
      /** @description What the click was on, in Meta's words: `ad` or `post`. */
      source?: string;
      /** @description The app it was seen in, in WhatsApp's words, e.g. `facebook`. */
      app?: string;
      /** @description How they came to this chat, in WhatsApp's words, e.g. `ctwa_ad`. */
      entry_point?: string;
    };
    /**
     * AlbumContent
     * @description Announces pictures and videos that follow as messages of their own.
     */
    AlbumContent: {
      /** @constant */
      kind: "album";
      images: number;
      videos: number;
      /** @description Of an album that was sent: the ids of its messages, in order. */
      files?: string[];
    };
    /** AlbumDraft */
    AlbumDraft: {
      /** @constant */
      kind: "album";
      /** @description 2 to 30 contents of the kinds image and video, each with its file and caption */
      files: (
        | {
            /** @constant */
            kind: "image";
            /** @description an http(s) address this server fetches */
            url?: string;
            /** @description the file itself in base64, with or without a data: prefix */
            base64?: string;
            /** @description a file that was uploaded, sent or received before */
            media_id?: string;
            /** @description its type ("text/csv"), when the file itself does not tell */
            mime?: string;
            /** @description a text of up to 4,096 characters */
            caption?: string;
            /** @description a picture in base64 that stands for the file until it is opened, instead of the one made of it */
            thumbnail?: string;
            /** @description leaves in the picture where, when and with what it was taken; taken out by default */
            keep_metadata?: boolean;
          }
        | {
            /** @constant */
            kind: "video";
            /** @description an http(s) address this server fetches */
            url?: string;
            /** @description the file itself in base64, with or without a data: prefix */
            base64?: string;
            /** @description a file that was uploaded, sent or received before */
            media_id?: string;
            /** @description its type ("text/csv"), when the file itself does not tell */
            mime?: string;
            /** @description a text of up to 4,096 characters */
            caption?: string;
            /** @description a picture in base64 that stands for the file until it is opened, instead of the one made of it */
            thumbnail?: string;
          }
      )[];
    };
    /** AlertChannel */
    AlertChannel: {
      /** @description webhook, whatsapp or email. */
      name: string;
      last_sent_at: number | null;
      problem: string | null;
    };
    /** AlertRule */
    AlertRule: {
      /** @enum {string} */
      name:
        | "device_logged_out"
        | "device_refused"
        | "device_restricted"
        | "passkey_asked"
        | "device_offline"
        | "queue_expiring"
        | "webhook_failing"
        | "webhook_disabled"
        | "deliveries_old"
        | "disk_low"
        | "store_refuses"
        | "backup_failed"
        | "plugin_disabled"
        | "unknown_stanza";
      about: string;
      is_on: boolean;
      limit: number | null;
    };
    /**
     * AudioContent
     * @description A sound file, such as music.
     */
    AudioContent: {
      /** @constant */
      kind: "audio";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      seconds?: number;
    };
    /** AudioDraft */
    AudioDraft: {
      /** @constant */
      kind: "audio";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
    };
    /** AuditEntry */
    AuditEntry: {
      /** @description `before` takes it. */
      id: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The id of a key, `API_KEY`, or a word of ours. */
      actor: string;
      actor_name: string | null;
      /** @description `device.start`, `key.create`, … */
      action: string;
      tenant: string | null;
      subject: string | null;
      subject_name: string | null;
      address: string | null;
      /** @description The same act by the same caller within an hour is one entry. */
      count: number;
      last_timestamp: string | null;
    };
    /**
     * BatchRule
     * @description Events come as one JSON array, all chats together.
     */
    BatchRule: {
      /** @description Events in one list. */
      events: number;
      /** @description Milliseconds that the first waits for others. */
      wait_ms: number;
    };
    /** BudgetUse */
    BudgetUse: {
      /** @enum {string} */
      budget:
        | "bytes_in_flight"
        | "sockets"
        | "requests_per_second"
        | "sign_ins_per_minute"
        | "queued_messages"
        | "queued_bytes"
        | "media_bytes"
        | "event_bytes"
        | "history_bytes"
        | "audit_rows";
      used: number;
      limit: number | null;
    };
    /** Bulk */
    Bulk: {
      bulk_id: string;
      /** @enum {string} */
      status: "running" | "cancelling" | "done" | "cancelled";
      total: number;
      /** @description How many of its messages are where; each counts once. */
      counts: {
        queued: number;
        waiting: number;
        sending: number;
        sent: number;
        failed: number;
        cancelled: number;
        delivered: number;
        read: number;
        played: number;
      };
      /** @description Unix seconds. */
      created_at: number;
      done_at: number | null;
    };
    /** BulkDoneEvent */
    BulkDoneEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "bulk.done";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        bulk_id: string;
        /** @description How many messages it was made of. */
        total: number;
        /** @description How many of them are where; each counts once. */
        counts: {
          queued: number;
          waiting: number;
          sending: number;
          sent: number;
          failed: number;
          cancelled: number;
          delivered: number;
          read: number;
          played: number;
        };
        /** @description Unix seconds. */
        timestamp: number;
        /** @description What had not left was taken back. */
        cancelled: boolean;
      };
    };
    /** BulkPreview */
    BulkPreview: {
      total: number;
      /** @description The first ten as they would be sent. */
      rows: {
        /** @description Its line in the table. */
        row: number;
        to: string;
        content: components["schemas"]["SentContent"];
        send_at: number | null;
      }[];
      /** @description Every row that cannot be sent. */
      refused: {
        field: string;
        error: string;
        /** @enum {string} */
        code:
          | "invalid"
          | "unauthorized"
          | "forbidden"
          | "not_found"
          | "conflict"
          | "already_connected"
          | "not_linked"
          | "idempotency_conflict"
          | "limit_reached"
          | "queue_full"
          | "rate_limited"
          | "over_budget"
          | "too_large"
          | "gone"
          | "refused"
          | "passkey_required"
          | "timeout"
          | "unavailable"
          | "internal";
      }[];
    };
    /** BulkProgressEvent */
    BulkProgressEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "bulk.progress";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        bulk_id: string;
        /** @description How many messages it was made of. */
        total: number;
        /** @description How many of them are where; each counts once. */
        counts: {
          queued: number;
          waiting: number;
          sending: number;
          sent: number;
          failed: number;
          cancelled: number;
          delivered: number;
          read: number;
          played: number;
        };
        /** @description Unix seconds. */
        timestamp: number;
      };
    };
    /** BundledPlugin */
    BundledPlugin: {
      name: string;
      description: string;
      /** @description What it may do beyond replying. */
      permissions: string[];
      commands: components["schemas"]["PluginCommand"][];
      /** @description It is in the plugins folder already. */
      added: boolean;
    };
    /**
     * BurstRule
     * @description What a chat writes comes as one JSON array once it pauses.
     */
    BurstRule: {
      /** @description Milliseconds without a message that end it. */
      pause_ms: number;
      /** @description Milliseconds after which it comes though the chat goes on. */
      longest_ms: number;
      /** @description Events in one list. */
      events: number;
    };
    /**
     * BusinessProfile
     * @description What a business account says of itself.
     */
    BusinessProfile: {
      description: string | null;
      categories: string[];
      email: string | null;
      websites: string[];
      address: string | null;
      hours: {
        timezone: string | null;
        days: {
          /** @description `mon`; a day with a pause is there twice. */
          day: string;
          /** @description In WhatsApp's words: specific_hours, open_24h, appointment_only. */
          mode: string;
          open: string | null;
          close: string | null;
        }[];
      } | null;
    };
    /** CallAcceptedEvent */
    CallAcceptedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "call.accepted";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description Rejecting the call takes it. */
        call_id: string;
        /** @description The caller's JID. */
        from: string;
        from_phone: string | null;
        from_lid: string | null;
        from_username: string | null;
        group: string | null;
        video: boolean;
        /** @description Unix seconds. */
        timestamp: number;
      };
    };
    /**
     * CallContent
     * @description A call as the chat remembers it.
     */
    CallContent: {
      /** @constant */
      kind: "call";
      video: boolean;
      outcome: ("connected" | "missed" | "failed" | "rejected" | "accepted_elsewhere" | "ongoing" | "silenced") | null;
      seconds: number;
      participants: string[];
    };
    /** CallEndedEvent */
    CallEndedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "call.ended";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description Rejecting the call takes it. */
        call_id: string;
        /** @description The caller's JID. */
        from: string;
        from_phone: string | null;
        from_lid: string | null;
        from_username: string | null;
        group: string | null;
        video: boolean;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description In WhatsApp's words; `accepted_elsewhere`: answered on another device, `timeout`: missed. */
        reason?: string;
      };
    };
    /** CallReceivedEvent */
    CallReceivedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "call.received";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description Rejecting the call takes it. */
        call_id: string;
        /** @description The caller's JID. */
        from: string;
        from_phone: string | null;
        from_lid: string | null;
        from_username: string | null;
        group: string | null;
        video: boolean;
        /** @description Unix seconds. */
        timestamp: number;
      };
    };
    /** CallRejectedEvent */
    CallRejectedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "call.rejected";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description Rejecting the call takes it. */
        call_id: string;
        /** @description The caller's JID. */
        from: string;
        from_phone: string | null;
        from_lid: string | null;
        from_username: string | null;
        group: string | null;
        video: boolean;
        /** @description Unix seconds. */
        timestamp: number;
      };
    };
    /** Channel */
    Channel: {
      /** @description The channel's JID, `1203…@newsletter`. */
      id: string;
      name: string;
      description: string | null;
      link: string | null;
      subscribers: number | null;
      verified: boolean;
      /** @description In WhatsApp's words: active, suspended, geosuspended. */
      state: string;
      created_at: number | null;
      picture: string | null;
      /**
       * @description What this account is in it; `guest` only looks.
       * @enum {string}
       */
      role: "owner" | "admin" | "subscriber" | "guest";
      muted: boolean;
    };
    /**
     * ChannelInviteContent
     * @description An invitation to follow or to run a channel.
     */
    ChannelInviteContent: {
      /** @constant */
      kind: "channel_invite";
      /** @description The channel's JID. */
      channel: string;
      /** @description The channel's name. */
      name: string;
      /** @description To run it, rather than to follow it. */
      admin: boolean;
      expires_at: number | null;
      caption?: string;
    };
    /** ChannelJoinedEvent */
    ChannelJoinedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "channel.joined";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The channel's JID. */
        channel: string;
        name: string;
        /** @enum {string} */
        role: "owner" | "admin" | "subscriber" | "guest";
      };
    };
    /** ChannelLeftEvent */
    ChannelLeftEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "channel.left";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The channel's JID. */
        channel: string;
      };
    };
    /** ChannelPost */
    ChannelPost: {
      /** @description The channel's JID, `1203…@newsletter`. */
      channel: string;
      /** @description WhatsApp's message id: edits and deletions go by it. */
      id: string;
      server_id: number | null;
      from_me: boolean;
      /** @description Unix seconds. */
      timestamp: number;
      content: components["schemas"]["Content"];
      reply_to?: components["schemas"]["QuotedMessage"];
      ad?: components["schemas"]["Ad"];
      mentions?: string[];
      mentions_everyone?: boolean;
      /** @description How often it was forwarded; WhatsApp says "many times" from 5. */
      forwarded?: number;
      view_once?: boolean;
      /** @description Hidden until somebody taps it. */
      spoiler?: boolean;
      /** @description Seconds after which it disappears. */
      expires_in?: number;
      /** @description Who may see a status post. */
      audience?: string[];
      /** @description The list of its sender's that it came by. */
      broadcast_list?: string;
      comment_on?: components["schemas"]["MessageRef"];
      /** @description Id of the album this belongs to. */
      album?: string;
      views: number | null;
      reactions: {
        emoji: string;
        count: number;
      }[];
    };
    /** ChannelPostCountsEvent */
    ChannelPostCountsEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "channel.post_counts";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The channel's JID. */
        channel: string;
        id: string | null;
        server_id: number;
        views: number | null;
        /** @description All there are now, not what was added. */
        reactions: {
          emoji: string;
          count: number;
        }[];
        /** @description Unix seconds. */
        timestamp: number;
      };
    };
    /** ChannelPostDeletedEvent */
    ChannelPostDeletedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "channel.post_deleted";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The channel's JID. */
        channel: string;
        /** @description WhatsApp's message id of the post. */
        id: string;
        server_id: number | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description What it said before, when that is known. */
        previous: components["schemas"]["Content"] | null;
      };
    };
    /** ChannelPostEditedEvent */
    ChannelPostEditedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "channel.post_edited";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The channel's JID. */
        channel: string;
        /** @description WhatsApp's message id of the post. */
        id: string;
        server_id: number | null;
        /** @description Unix seconds. */
        timestamp: number;
        content: components["schemas"]["Content"];
        /** @description What it said before, when that is known. */
        previous: components["schemas"]["Content"] | null;
      };
    };
    /** ChannelPostEvent */
    ChannelPostEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "channel.post";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The channel's JID. */
        channel: string;
        /** @description WhatsApp's message id of the post. */
        id: string;
        server_id: number | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description True of what the owner posted on the phone. */
        from_me: boolean;
        content: components["schemas"]["Content"];
        reply_to?: components["schemas"]["QuotedMessage"];
        ad?: components["schemas"]["Ad"];
        mentions?: string[];
        mentions_everyone?: boolean;
        /** @description How often it was forwarded; WhatsApp says "many times" from 5. */
        forwarded?: number;
        view_once?: boolean;
        /** @description Hidden until somebody taps it. */
        spoiler?: boolean;
        /** @description Seconds after which it disappears. */
        expires_in?: number;
        /** @description Who may see a status post. */
        audience?: string[];
        /** @description The list of its sender's that it came by. */
        broadcast_list?: string;
        comment_on?: components["schemas"]["MessageRef"];
        /** @description Id of the album this belongs to. */
        album?: string;
      };
    };
    /** ChannelUpdatedEvent */
    ChannelUpdatedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "channel.updated";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The channel's JID. */
        channel: string;
        change: {
          name?: string;
          description?: string | null;
          /** @description False: it was taken away. */
          picture?: boolean;
          /** @description For this account. */
          muted?: boolean;
          /** @description In WhatsApp's words: active, suspended, geosuspended, deleted. */
          state?: string;
        };
      };
    };
    /** Chat */
    Chat: {
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      name: string | null;
      unread: number;
      last_at: number | null;
      archived: boolean;
      pinned: boolean;
      muted_until: number | null;
      marked_unread: boolean;
      /** @description Ids of labels. */
      labels: string[];
    };
    /** ChatTimerEvent */
    ChatTimerEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "chat.timer";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description How long messages stay; 0 is for ever. */
        seconds: number;
      };
    };
    /** ChatUpdatedEvent */
    ChatUpdatedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "chat.updated";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        archived?: boolean;
        pinned?: boolean;
        muted_until?: number | null;
        unread?: boolean;
      };
    };
    /**
     * ChoiceContent
     * @description What somebody chose of buttons, a list or a template.
     */
    ChoiceContent: {
      /** @constant */
      kind: "choice";
      /** @description What the button or row says. */
      text: string;
      /** @description What its maker named it. */
      id: string;
      /** @description WhatsApp's own name of the kind. */
      type: string;
      /** @description What was filled in, of a form (a flow). */
      answers?: {
        [key: string]: unknown;
      };
    };
    /** CommunityGroup */
    CommunityGroup: {
      /** @description The group's JID, `1203…@g.us`. */
      id: string;
      subject: string;
      /** @description The one in which the admins tell everybody. */
      announcements: boolean;
      created_at: number | null;
      size: number | null;
    };
    /** CommunityLinkResult */
    CommunityLinkResult: {
      /** @description The group's JID, `1203…@g.us`. */
      group: string;
      ok: boolean;
      /** @description WhatsApp's number, 200 when it is done. */
      code: number;
      reason: string | null;
    };
    /** CommunityLinkedEvent */
    CommunityLinkedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "community.linked";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The community's JID. */
        community: string;
        /** @description The group's JID. */
        group: string;
        subject: string | null;
        author: string | null;
        author_phone: string | null;
        author_lid: string | null;
        author_username: string | null;
      };
    };
    /** CommunityUnlinkedEvent */
    CommunityUnlinkedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "community.unlinked";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The community's JID. */
        community: string;
        /** @description The group's JID. */
        group: string;
        subject: string | null;
        author: string | null;
        author_phone: string | null;
        author_lid: string | null;
        author_username: string | null;
      };
    };
    /** ConnectionFailure */
    ConnectionFailure: {
      /** @constant */
      success: false;
      /** @description A sentence for people: what was wrong, and what to do. */
      error: string;
      code?: components["schemas"]["FailureCode"];
    };
    /** ConnectionPairingCode */
    ConnectionPairingCode: {
      pairingCode: string;
      phoneNumber: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description `60 seconds`. */
      expiresIn: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      expiresAt: string;
    };
    /** ConnectionQr */
    ConnectionQr: {
      /** @description The QR code's text, to be drawn as it is. */
      qrCode: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description `60 seconds`. */
      expiresIn: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      expiresAt: string;
    };
    /** ConnectionStatus */
    ConnectionStatus: {
      isConnected: boolean;
      hasQRCode: boolean;
      hasPairingCode: boolean;
      phoneNumber: string | null;
      lastQRUpdate: string | null;
      lastPairingUpdate: string | null;
      reason: components["schemas"]["PhaseReason"];
      unlinked: components["schemas"]["UnlinkedAccount"] | null;
      message: string | null;
    };
    /** Contact */
    Contact: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      name: string | null;
      push_name: string | null;
    };
    /** ContactAboutEvent */
    ContactAboutEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "contact.about";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description One name for one person. */
        jid: string;
        phone: string | null;
        lid: string | null;
        username: string | null;
        about: string;
      };
    };
    /** ContactBlockedEvent */
    ContactBlockedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "contact.blocked";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description One name for one person. */
        jid: string;
        phone: string | null;
        lid: string | null;
        username: string | null;
        blocked: boolean;
      };
    };
    /** ContactNumberChangedEvent */
    ContactNumberChangedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "contact.number_changed";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description Somebody has another number, or another LID, than before. */
      data: {
        /** @description One name for one person. */
        jid: string;
        phone: string | null;
        lid: string | null;
        username: string | null;
        previous: components["schemas"]["EventPerson"];
      };
    };
    /** ContactPictureEvent */
    ContactPictureEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "contact.picture";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description One name for one person. */
        jid: string;
        phone: string | null;
        lid: string | null;
        username: string | null;
        removed: boolean;
      };
    };
    /** ContactResolvedEvent */
    ContactResolvedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "contact.resolved";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description Somebody known by one of their two names is now known by both. */
      data: {
        phone: string;
        /** @description One name for one person: it stays as it was. */
        jid: string;
        lid: string;
        username: string | null;
      };
    };
    /** ContactUpdatedEvent */
    ContactUpdatedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "contact.updated";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description One name for one person. */
        jid: string;
        phone: string | null;
        lid: string | null;
        username: string | null;
        name: string | null;
        push_name: string | null;
        /** @description What is not as it was. `jid`: their chat and history moved to this one. */
        changed: ("jid" | "phone" | "lid" | "username" | "name" | "push_name")[];
        /** @description Who they were taken for: two, when two turned out to be one person. */
        previous?: components["schemas"]["EventPerson"][];
      };
    };
    /** ContactsCheckedEvent */
    ContactsCheckedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "contacts.checked";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description The numbers of a call that left some pending are known. */
      data: {
        /** @description What the call of `contacts/check` answered. */
        request: string;
        /** @description All that were asked about, those that were known at once too. */
        numbers: {
          phone: string;
          exists: boolean | null;
          jid: string | null;
          lid: string | null;
        }[];
      };
    };
    /**
     * ContactsContent
     * @description One contact card or several.
     */
    ContactsContent: {
      /** @constant */
      kind: "contacts";
      contacts: {
        name: string;
        /** @description As the card says, with the WhatsApp number first. */
        phones: string[];
        vcard: string;
      }[];
    };
    /** ContactsDraft */
    ContactsDraft: {
      /** @constant */
      kind: "contacts";
      /** @description 1 to 257 cards of { name, phone } or { name, vcard } */
      contacts: {
        /** @description the name on the card, up to 255 characters */
        name: string;
        /** @description digits with country code */
        phone?: string;
        /** @description a whole vCard instead of a phone */
        vcard?: string;
      }[];
    };
    /** Content */
    Content:
      | components["schemas"]["TextContent"]
      | components["schemas"]["ImageContent"]
      | components["schemas"]["VideoContent"]
      | components["schemas"]["GifContent"]
      | components["schemas"]["VideoNoteContent"]
      | components["schemas"]["AudioContent"]
      | components["schemas"]["VoiceContent"]
      | components["schemas"]["DocumentContent"]
      | components["schemas"]["StickerContent"]
      | components["schemas"]["StickerPackContent"]
      | components["schemas"]["LocationContent"]
      | components["schemas"]["LiveLocationContent"]
      | components["schemas"]["ContactsContent"]
      | components["schemas"]["GroupInviteContent"]
      | components["schemas"]["ChannelInviteContent"]
      | components["schemas"]["PollContent"]
      | components["schemas"]["PollResultContent"]
      | components["schemas"]["EventContent"]
      | components["schemas"]["ProductContent"]
      | components["schemas"]["OrderContent"]
      | components["schemas"]["PaymentContent"]
      | components["schemas"]["MenuContent"]
      | components["schemas"]["ChoiceContent"]
      | components["schemas"]["CallContent"]
      | components["schemas"]["AlbumContent"]
      | components["schemas"]["StatusNoticeContent"]
      | components["schemas"]["MusicContent"]
      | components["schemas"]["ScheduledContent"]
      | components["schemas"]["HistorySharedContent"]
      | components["schemas"]["PhoneRequestContent"]
      | components["schemas"]["UnsupportedContent"];
    /**
     * DeleteAction
     * @description A message taken back for everybody.
     */
    DeleteAction: {
      /** @constant */
      kind: "delete";
      target: components["schemas"]["MessageRef"];
    };
    /** DeleteDraft */
    DeleteDraft: {
      /** @constant */
      kind: "delete";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
    };
    /** Delivery */
    Delivery: {
      event_id: string;
      type: components["schemas"]["EventType"];
      device: string | null;
      seq: number | null;
      /** @description Attempts begun, ever. */
      attempts: number;
      error: string | null;
      next_attempt_at: number | null;
      settled_at: number | null;
      status: components["schemas"]["DeliveryStage"];
      reason: string | null;
      response_status: number | null;
    };
    /** DeliveryAttempt */
    DeliveryAttempt: {
      number: number;
      /** @description Unix seconds. */
      at: number;
      duration: number | null;
      response_status: number | null;
      error: string | null;
      response: string | null;
    };
    /** DeliveryHistory */
    DeliveryHistory: components["schemas"]["DeliveryWithLog"] | components["schemas"]["DeliveryNotSubscribed"];
    /** DeliveryNotSubscribed */
    DeliveryNotSubscribed: {
      event_id: string;
      /** @constant */
      status: "not_subscribed";
      reason: string | null;
      log: components["schemas"]["DeliveryAttempt"][];
    };
    /**
     * DeliveryStage
     * @enum {string}
     */
    DeliveryStage: "blocked" | "due" | "running" | "delivered" | "dead";
    /** DeliveryWithLog */
    DeliveryWithLog: {
      event_id: string;
      type: components["schemas"]["EventType"];
      device: string | null;
      seq: number | null;
      /** @description Attempts begun, ever. */
      attempts: number;
      error: string | null;
      next_attempt_at: number | null;
      settled_at: number | null;
      status: components["schemas"]["DeliveryStage"];
      reason: string | null;
      response_status: number | null;
      log: components["schemas"]["DeliveryAttempt"][];
    };
    /** Device */
    Device: {
      device_id: string;
      label: string | null;
      device_group: string | null;
      phone_number: string | null;
      wa_jid: string | null;
      status: components["schemas"]["DeviceWord"];
      reason: components["schemas"]["PhaseReason"];
      last_connect_at: number | null;
      offline_queue: components["schemas"]["OfflineQueue"] | null;
      /** @description Files of history and of the account's state that were announced and are not here yet. */
      missing_files: number;
      sending: components["schemas"]["SendingHolds"];
      whatsapp_version: components["schemas"]["WhatsAppVersion"] | null;
      proxy: components["schemas"]["DeviceProxy"] | null;
      unlinked: components["schemas"]["Unlinked"] | null;
      message: string | null;
      phase: components["schemas"]["Phase"];
      /** @description Unix seconds: when this phase began. */
      since: number;
    };
    /** DeviceConnectedEvent */
    DeviceConnectedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.connected";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        jid: string;
        lid: string | null;
        phone_number: string;
        name: string | null;
      };
    };
    /** DeviceDisconnectedEvent */
    DeviceDisconnectedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.disconnected";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @enum {string} */
        reason:
          | "requested"
          | "linked"
          | "scan_needed"
          | "restart_required"
          | "connection_lost"
          | "pairing_expired"
          | "passkey_required"
          | "passkey_expired"
          | "passkey_refused"
          | "passkey_no_answer"
          | "passkey_lost"
          | "passkey_cancelled"
          | "logged_out"
          | "revoked"
          | "replaced"
          | "banned"
          | "temporarily_banned"
          | "outdated_version"
          | "rejected"
          | "proxy_unavailable"
          | "proxy_refused"
          | "proxy_changed"
          | "store_unavailable"
          | "shutdown";
        will_retry: boolean;
        failure?: components["schemas"]["LoginRefusal"];
        /** @description What is known of why, when a link ends that was made minutes ago. */
        message?: string;
      };
    };
    /** DeviceHealth */
    DeviceHealth: {
      is_connected: boolean;
      phone_number: string | null;
      wa_jid: string | null;
      status: components["schemas"]["DeviceWord"];
      reason: components["schemas"]["PhaseReason"];
      last_connect_at: number | null;
      offline_queue: components["schemas"]["OfflineQueue"] | null;
      /** @description Files of history and of the account's state that were announced and are not here yet. */
      missing_files: number;
      sending: components["schemas"]["SendingHolds"];
      whatsapp_version: components["schemas"]["WhatsAppVersion"] | null;
      proxy: components["schemas"]["DeviceProxy"] | null;
      unlinked: components["schemas"]["Unlinked"] | null;
      message: string | null;
      /** @description Milliseconds for which it has been connected. */
      uptime: number;
    };
    /** DeviceLoggedOutEvent */
    DeviceLoggedOutEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.logged_out";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @enum {string} */
        reason:
          | "requested"
          | "linked"
          | "scan_needed"
          | "restart_required"
          | "connection_lost"
          | "pairing_expired"
          | "passkey_required"
          | "passkey_expired"
          | "passkey_refused"
          | "passkey_no_answer"
          | "passkey_lost"
          | "passkey_cancelled"
          | "logged_out"
          | "revoked"
          | "replaced"
          | "banned"
          | "temporarily_banned"
          | "outdated_version"
          | "rejected"
          | "proxy_unavailable"
          | "proxy_refused"
          | "proxy_changed"
          | "store_unavailable"
          | "shutdown";
        failure?: components["schemas"]["LoginRefusal"];
        /** @description What is known of why, when a link ends that was made minutes ago. */
        message?: string;
      };
    };
    /** DevicePairedEvent */
    DevicePairedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.paired";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        jid: string;
        lid: string | null;
      };
    };
    /** DevicePairingCodeEvent */
    DevicePairingCodeEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      seq: null;
      /** @constant */
      type: "device.pairing_code";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        pairing_code: string;
        phone_number: string;
        /** @description Unix seconds. */
        expires_at: number;
      };
    };
    /** DevicePasskeyRequiredEvent */
    DevicePasskeyRequiredEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.passkey_required";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        message: string;
      };
    };
    /** DevicePasskeyStageEvent */
    DevicePasskeyStageEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.passkey_stage";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description The ceremony with the account's passkey goes on, with PASSKEY_LINKING=true. */
      data: {
        /** @enum {string} */
        stage: "preparing" | "signature" | "sending" | "phone" | "code" | "finishing";
        /** @description What a person has to do now. */
        message: string;
        code: string | null;
        /** @description Unix seconds. */
        expires_at: number;
      };
    };
    /**
     * DeviceProxy
     * @description The proxy that everything of the device leaves by; null: it leaves directly.
     */
    DeviceProxy: {
      /**
       * @description Whose it is: the device's own, the default of its tenant, or that of the server.
       * @enum {string}
       */
      from: "device" | "tenant" | "server";
      address: string | null;
      trouble: string | null;
    };
    /** DeviceQrEvent */
    DeviceQrEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      seq: null;
      /** @constant */
      type: "device.qr";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        qr: string;
        /** @description Unix seconds. */
        expires_at: number;
      };
    };
    /** DeviceRegisteringEvent */
    DeviceRegisteringEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.registering";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description Somebody registers this number on another phone; if that is not the owner, it is being taken over. */
      data: {
        /** @description Unix seconds. */
        timestamp: number;
      };
    };
    /** DeviceRestrictedEvent */
    DeviceRestrictedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.restricted";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description WhatsApp takes no messages of this account, or delivers none. What is to be sent waits. */
      data: {
        /** @description False: it is over. */
        restricted: boolean;
        /** @description What shows it. */
        cause: "402" | "403" | "undelivered";
        until: number | null;
      };
    };
    /** DeviceRetention */
    DeviceRetention: {
      event_days: number | null;
      history_days: number | null;
      /** @description What holds. */
      effective: {
        event_days: number;
        history_days: number;
      };
      /**
       * @description `until_delivered`: what was said and files go once all who are owed them have them.
       * @enum {string}
       */
      contents: "keep" | "until_delivered";
    };
    /** DeviceState */
    DeviceState: {
      /** @enum {string} */
      status: "starting" | "waiting_for_scan" | "connecting" | "connected" | "reconnecting" | "disconnected";
      qrCode: string | null;
      lastUpdate: string | null;
      reason: components["schemas"]["PhaseReason"];
      unlinked: components["schemas"]["UnlinkedAccount"] | null;
      message: string | null;
      error?: string;
    };
    /** DeviceUpdatedEvent */
    DeviceUpdatedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "device.updated";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description What WhatsApp tells of the account after it is connected: its name, most of the time a moment later. */
      data: {
        jid: string;
        lid: string | null;
        phone_number: string;
        name: string | null;
      };
    };
    /**
     * DeviceWord
     * @description What `phase` comes to, in few words.
     * @enum {string}
     */
    DeviceWord: "disconnected" | "connecting" | "pairing" | "connected" | "failed";
    /** DevicesFailure */
    DevicesFailure: {
      /** @constant */
      status: "error";
      /** @description A sentence for people: what was wrong, and what to do. */
      error: string;
      code: components["schemas"]["FailureCode"];
    };
    /**
     * DocumentContent
     * @description Any file.
     */
    DocumentContent: {
      /** @constant */
      kind: "document";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      /** @description The file's name. */
      name?: string;
      pages?: number;
      caption?: string;
    };
    /** DocumentDraft */
    DocumentDraft: {
      /** @constant */
      kind: "document";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
      /** @description a file's name of up to 255 characters, without a folder or line breaks */
      name?: string;
      /** @description a text of up to 4,096 characters */
      caption?: string;
      /** @description a picture in base64 that stands for the file until it is opened, instead of the one made of it */
      thumbnail?: string;
    };
    /** Done */
    Done: {
      /** @constant */
      success: true;
    };
    /** DoneWithMessage */
    DoneWithMessage: {
      /** @constant */
      success: true;
      message: string;
    };
    /**
     * DraftContent
     * @description what to send, by `kind`
     */
    DraftContent:
      | components["schemas"]["TextDraft"]
      | components["schemas"]["ImageDraft"]
      | components["schemas"]["VideoDraft"]
      | components["schemas"]["GifDraft"]
      | components["schemas"]["VideoNoteDraft"]
      | components["schemas"]["AudioDraft"]
      | components["schemas"]["VoiceDraft"]
      | components["schemas"]["DocumentDraft"]
      | components["schemas"]["StickerDraft"]
      | components["schemas"]["LocationDraft"]
      | components["schemas"]["LiveLocationDraft"]
      | components["schemas"]["ContactsDraft"]
      | components["schemas"]["GroupInviteDraft"]
      | components["schemas"]["PollDraft"]
      | components["schemas"]["EventDraft"]
      | components["schemas"]["MenuDraft"]
      | components["schemas"]["AlbumDraft"]
      | components["schemas"]["ReactionDraft"]
      | components["schemas"]["EditDraft"]
      | components["schemas"]["DeleteDraft"]
      | components["schemas"]["ForwardDraft"]
      | components["schemas"]["PinDraft"]
      | components["schemas"]["KeepDraft"]
      | components["schemas"]["PollVoteDraft"]
      | components["schemas"]["EventResponseDraft"]
      | components["schemas"]["TimerDraft"];
    /**
     * EditAction
     * @description New words for a message; `target` is the message as it first was. `content` is null when they are encrypted with the secret of a message that is not known here.
     */
    EditAction: {
      /** @constant */
      kind: "edit";
      target: components["schemas"]["MessageRef"];
      content: components["schemas"]["Content"] | null;
    };
    /** EditDraft */
    EditDraft: {
      /** @constant */
      kind: "edit";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
      /** @description the new text or caption, 1 to 65,536 characters and not only spaces */
      text: string;
    };
    /** Event */
    Event:
      | components["schemas"]["MessageReceivedEvent"]
      | components["schemas"]["MessageReactionEvent"]
      | components["schemas"]["MessageEditedEvent"]
      | components["schemas"]["MessageDeletedEvent"]
      | components["schemas"]["MessagePinnedEvent"]
      | components["schemas"]["MessageKeptEvent"]
      | components["schemas"]["PollVoteEvent"]
      | components["schemas"]["EventResponseEvent"]
      | components["schemas"]["ChatTimerEvent"]
      | components["schemas"]["MessageUndecryptableEvent"]
      | components["schemas"]["MessageSentEvent"]
      | components["schemas"]["MessageFailedEvent"]
      | components["schemas"]["MessageWaitingEvent"]
      | components["schemas"]["MessageReleasedEvent"]
      | components["schemas"]["MessageCancelledEvent"]
      | components["schemas"]["MessageStatusEvent"]
      | components["schemas"]["BulkProgressEvent"]
      | components["schemas"]["BulkDoneEvent"]
      | components["schemas"]["GroupJoinedEvent"]
      | components["schemas"]["GroupUpdatedEvent"]
      | components["schemas"]["GroupMembersEvent"]
      | components["schemas"]["GroupJoinRequestEvent"]
      | components["schemas"]["CommunityLinkedEvent"]
      | components["schemas"]["CommunityUnlinkedEvent"]
      | components["schemas"]["ChannelPostEvent"]
      | components["schemas"]["ChannelPostEditedEvent"]
      | components["schemas"]["ChannelPostDeletedEvent"]
      | components["schemas"]["ChannelPostCountsEvent"]
      | components["schemas"]["ChannelJoinedEvent"]
      | components["schemas"]["ChannelLeftEvent"]
      | components["schemas"]["ChannelUpdatedEvent"]
      | components["schemas"]["PresenceEvent"]
      | components["schemas"]["CallReceivedEvent"]
      | components["schemas"]["CallAcceptedEvent"]
      | components["schemas"]["CallRejectedEvent"]
      | components["schemas"]["CallEndedEvent"]
      | components["schemas"]["ContactBlockedEvent"]
      | components["schemas"]["ContactUpdatedEvent"]
      | components["schemas"]["ContactPictureEvent"]
      | components["schemas"]["ContactAboutEvent"]
      | components["schemas"]["ContactNumberChangedEvent"]
      | components["schemas"]["ContactResolvedEvent"]
      | components["schemas"]["ContactsCheckedEvent"]
      | components["schemas"]["LabelUpdatedEvent"]
      | components["schemas"]["LabelAssignedEvent"]
      | components["schemas"]["ChatUpdatedEvent"]
      | components["schemas"]["HistorySyncedEvent"]
      | components["schemas"]["HistoryRefusedEvent"]
      | components["schemas"]["HistoryMissingEvent"]
      | components["schemas"]["MediaReadyEvent"]
      | components["schemas"]["MediaFailedEvent"]
      | components["schemas"]["DeviceQrEvent"]
      | components["schemas"]["DevicePairingCodeEvent"]
      | components["schemas"]["DevicePasskeyRequiredEvent"]
      | components["schemas"]["DevicePasskeyStageEvent"]
      | components["schemas"]["DevicePairedEvent"]
      | components["schemas"]["DeviceConnectedEvent"]
      | components["schemas"]["DeviceUpdatedEvent"]
      | components["schemas"]["DeviceRegisteringEvent"]
      | components["schemas"]["DeviceRestrictedEvent"]
      | components["schemas"]["DeviceDisconnectedEvent"]
      | components["schemas"]["DeviceLoggedOutEvent"]
      | components["schemas"]["WebhookTestEvent"]
      | components["schemas"]["WebhookDisabledEvent"]
      | components["schemas"]["WebhookDeadLetteredEvent"]
      | components["schemas"]["PluginFaultEvent"];
    /**
     * EventContent
     * @description An appointment.
     */
    EventContent: {
      /** @constant */
      kind: "event";
      name: string;
      description?: string;
      start_at: number | null;
      /** @description Unix seconds. */
      end_at?: number;
      place?: {
        latitude?: number;
        longitude?: number;
        name?: string;
        address?: string;
      };
      join_link?: string;
      cancelled: boolean;
      /** @description Whether guests may bring somebody. */
      extra_guests: boolean;
    };
    /** EventDelivery */
    EventDelivery: components["schemas"]["WebhookDelivery"] | components["schemas"]["WebhookNotSubscribed"];
    /** EventDescription */
    EventDescription: {
      type: components["schemas"]["EventType"];
      /** @description Told while it is true and never logged. */
      live_only: boolean;
      /** @description JSON Schema of the whole event. */
      schema: {
        [key: string]: unknown;
      };
      example: components["schemas"]["Event"];
    };
    /** EventDraft */
    EventDraft: {
      /** @constant */
      kind: "event";
      /** @description a text of 1 to 100 characters */
      name: string;
      /** @description a text of up to 2,048 characters */
      description?: string;
      /** @description Unix seconds */
      start_at: number;
      /** @description Unix seconds */
      end_at?: number;
      place?: {
        /** @description degrees, -90 to 90 */
        latitude?: number;
        /** @description degrees, -180 to 180 */
        longitude?: number;
        /** @description up to 1,000 characters */
        name?: string;
        /** @description up to 1,000 characters */
        address?: string;
      };
      /** @description an http(s) address to join at */
      join_link?: string;
      cancelled?: boolean;
      extra_guests?: boolean;
    };
    /** EventPerson */
    EventPerson: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
    };
    /**
     * EventResponseAction
     * @description An answer to an event; `response` is null when the event is not known here.
     */
    EventResponseAction: {
      /** @constant */
      kind: "event_response";
      target: components["schemas"]["MessageRef"];
      response: ("going" | "not_going" | "maybe") | null;
      extra_guests: number;
    };
    /** EventResponseDraft */
    EventResponseDraft: {
      /** @constant */
      kind: "event_response";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
      /**
       * @description going, not_going, maybe
       * @enum {string}
       */
      response: "going" | "not_going" | "maybe";
      extra_guests?: number;
    };
    /** EventResponseEvent */
    EventResponseEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "event.response";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        target: components["schemas"]["MessageRef"];
        response: ("going" | "not_going" | "maybe") | null;
        extra_guests: number;
      };
    };
    /**
     * EventType
     * @enum {string}
     */
    EventType:
      | "message.received"
      | "message.reaction"
      | "message.edited"
      | "message.deleted"
      | "message.pinned"
      | "message.kept"
      | "poll.vote"
      | "event.response"
      | "chat.timer"
      | "message.undecryptable"
      | "message.sent"
      | "message.failed"
      | "message.waiting"
      | "message.released"
      | "message.cancelled"
      | "message.status"
      | "bulk.progress"
      | "bulk.done"
      | "group.joined"
      | "group.updated"
      | "group.members"
      | "group.join_request"
      | "community.linked"
      | "community.unlinked"
      | "channel.post"
      | "channel.post_edited"
      | "channel.post_deleted"
      | "channel.post_counts"
      | "channel.joined"
      | "channel.left"
      | "channel.updated"
      | "presence"
      | "call.received"
      | "call.accepted"
      | "call.rejected"
      | "call.ended"
      | "contact.blocked"
      | "contact.updated"
      | "contact.picture"
      | "contact.about"
      | "contact.number_changed"
      | "contact.resolved"
      | "contacts.checked"
      | "label.updated"
      | "label.assigned"
      | "chat.updated"
      | "history.synced"
      | "history.refused"
      | "history.missing"
      | "media.ready"
      | "media.failed"
      | "device.qr"
      | "device.pairing_code"
      | "device.passkey_required"
      | "device.passkey_stage"
      | "device.paired"
      | "device.connected"
      | "device.updated"
      | "device.registering"
      | "device.restricted"
      | "device.disconnected"
      | "device.logged_out"
      | "webhook.test"
      | "webhook.disabled"
      | "webhook.dead_lettered"
      | "plugin.fault";
    /** ExportedDevice */
    ExportedDevice: {
      device_id: string;
      /**
       * @description What the passphrase opens.
       * @enum {string}
       */
      form: "merpati" | "baileys";
      /** @description The text of the file that `merpati import merpati` takes. */
      sealed: string;
    };
    /** Failure */
    Failure: {
      /** @constant */
      success: false;
      /** @description A sentence for people: what was wrong, and what to do. */
      error: string;
      code: components["schemas"]["FailureCode"];
      /**
       * @description Which budget is used up, of the code `over_budget`.
       * @enum {string}
       */
      budget?:
        | "bytes_in_flight"
        | "sockets"
        | "requests_per_second"
        | "sign_ins_per_minute"
        | "queued_messages"
        | "queued_bytes"
        | "media_bytes"
        | "event_bytes"
        | "history_bytes"
        | "audit_rows";
      /** @description What was wrong with each of many, up to 50. */
      rows?: {
        /** @description Names the row: `to.3`, `messages.3.text`. */
        field: string;
        /** @description A sentence for people: what was wrong, and what to do. */
        error: string;
        code: components["schemas"]["FailureCode"];
      }[];
    };
    /**
     * FailureCode
     * @description The same for programs. More may come: treat an unknown one by its status.
     * @enum {string}
     */
    FailureCode:
      | "invalid"
      | "unauthorized"
      | "forbidden"
      | "not_found"
      | "conflict"
      | "already_connected"
      | "not_linked"
      | "idempotency_conflict"
      | "limit_reached"
      | "queue_full"
      | "rate_limited"
      | "over_budget"
      | "too_large"
      | "gone"
      | "refused"
      | "passkey_required"
      | "timeout"
      | "unavailable"
      | "internal";
    /**
     * FigurePoint
     * @description One minute or hour; `at` is when it began.
     */
    FigurePoint: {
      /** @description Unix seconds. */
      at: number;
      /** @description In all. */
      messages_received: number;
      /** @description In all. */
      messages_sent: number;
      /** @description In all. */
      messages_failed: number;
      /** @description In all. */
      webhook_deliveries: number;
      /** @description In all. */
      webhook_failures: number;
      /** @description In all. */
      webhook_ms: number;
      /** @description In all. */
      http_requests: number;
      /** @description In all. */
      http_errors: number;
      /** @description At its end. */
      devices: number;
      /** @description At its end. */
      devices_connected: number;
      /** @description At its end. */
      messages_waiting: number;
      /** @description At its end. */
      deliveries_pending: number;
      /** @description At worst. */
      oldest_delivery_ms: number;
      /** @description At worst. */
      loop_lag_ms: number;
      /** @description At worst. */
      memory_bytes: number;
      /** @description At its end. */
      database_bytes: number;
      /** @description At its end. */
      disk_free_bytes: number;
    };
    /** Follower */
    Follower: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      name: string | null;
      /** @enum {string} */
      role: "owner" | "admin" | "subscriber" | "guest";
    };
    /** ForwardDraft */
    ForwardDraft: {
      /** @constant */
      kind: "forward";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
      /** @description the chat it is in, when it is not the one written to */
      chat?: string;
    };
    /** GatewayQr */
    GatewayQr: {
      /** @constant */
      success: true;
      /** @description A PNG as a data: URL. */
      qrCode: string;
      /** @description What the picture says. */
      qrString: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description Seconds. */
      expiresIn: number;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      expiresAt: string;
    };
    /** GatewayStatus */
    GatewayStatus: {
      /** @constant */
      success: true;
      /** @enum {string} */
      status: "connected" | "connecting" | "disconnected";
      user?: {
        id: string;
        name: string;
      };
      reason: components["schemas"]["PhaseReason"];
      unlinked: components["schemas"]["UnlinkedAccount"] | null;
      message: string | null;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
    };
    /**
     * GifContent
     * @description A silent video that plays in a loop.
     */
    GifContent: {
      /** @constant */
      kind: "gif";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      width?: number;
      height?: number;
      seconds?: number;
      caption?: string;
    };
    /** GifDraft */
    GifDraft: {
      /** @constant */
      kind: "gif";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
      /** @description a text of up to 4,096 characters */
      caption?: string;
      /** @description a picture in base64 that stands for the file until it is opened, instead of the one made of it */
      thumbnail?: string;
    };
    /** Group */
    Group: {
      /** @description The group's JID, `1203…@g.us`. */
      id: string;
      subject: string;
      description: string | null;
      owner: string | null;
      created_at: number | null;
      /** @description Only admins write. */
      announce_only: boolean;
      /** @description Only admins change subject, description and picture. */
      locked: boolean;
      /** @description Whoever comes by the link waits for an admin. */
      join_approval: boolean;
      /** @description Every member may add others. */
      members_add: boolean;
      /** @description Seconds after which messages disappear; 0 is never. */
      timer: number;
      community: boolean;
      parent: string | null;
      /** @description The group in which a community's admins tell all its members. */
      announcements: boolean;
      size: number;
      members: components["schemas"]["GroupMember"][];
    };
    /**
     * GroupInviteContent
     * @description A personal invitation into a group.
     */
    GroupInviteContent: {
      /** @constant */
      kind: "group_invite";
      /** @description The group's JID. */
      group: string;
      code: string;
      /** @description The group's name. */
      name: string;
      expires_at: number | null;
      caption?: string;
    };
    /** GroupInviteDraft */
    GroupInviteDraft: {
      /** @constant */
      kind: "group_invite";
      /** @description a group id (1203…@g.us) */
      group: string;
      /** @description the invitation's code, letters and digits */
      code: string;
      /** @description the group's name, up to 100 characters */
      name: string;
      /** @description Unix seconds */
      expires_at?: number;
      /** @description a text of up to 4,096 characters */
      caption?: string;
    };
    /** GroupInviteLink */
    GroupInviteLink: {
      code: string;
      /** Format: uri */
      url: string;
    };
    /** GroupJoinRequestEvent */
    GroupJoinRequestEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "group.join_request";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The group's JID. */
        group: string;
        member: components["schemas"]["EventPerson"];
        /** @enum {string} */
        action: "created" | "revoked" | "rejected";
        method: string | null;
      };
    };
    /** GroupJoinedEvent */
    GroupJoinedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "group.joined";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The group's JID. */
        group: string;
        author: string | null;
        author_phone: string | null;
        author_lid: string | null;
        author_username: string | null;
        subject: string;
        members: number;
      };
    };
    /** GroupMember */
    GroupMember: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      /** @enum {string} */
      role: "member" | "admin" | "owner";
    };
    /** GroupMembersEvent */
    GroupMembersEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "group.members";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The group's JID. */
        group: string;
        author: string | null;
        author_phone: string | null;
        author_lid: string | null;
        author_username: string | null;
        /** @enum {string} */
        action: "add" | "remove" | "promote" | "demote" | "modify";
        members: components["schemas"]["EventPerson"][];
        /** @description In WhatsApp's words; `invite`: by a link. */
        reason?: string;
      };
    };
    /** GroupUpdatedEvent */
    GroupUpdatedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "group.updated";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The group's JID. */
        group: string;
        author: string | null;
        author_phone: string | null;
        author_lid: string | null;
        author_username: string | null;
        change: {
          subject?: string;
          description?: string | null;
          announce_only?: boolean;
          locked?: boolean;
          join_approval?: boolean;
          members_add?: boolean;
          /** @description Seconds; 0 is off. */
          timer?: number;
          invite_code?: string;
          /** @description False: it was taken away. */
          picture?: boolean;
          /** @description By WhatsApp. */
          suspended?: boolean;
          /** @description It is no more, as a community that was ended. */
          deleted?: boolean;
        };
      };
    };
    /** HistoryMessage */
    HistoryMessage: {
      /** @description WhatsApp's message id. */
      id: string;
      chat: string;
      sender: string;
      from_me: boolean;
      push_name: string | null;
      /** @description Unix seconds. */
      timestamp: number;
      content: components["schemas"]["Content"];
      reply_to?: components["schemas"]["QuotedMessage"];
      ad?: components["schemas"]["Ad"];
      mentions?: string[];
      mentions_everyone?: boolean;
      /** @description How often it was forwarded; WhatsApp says "many times" from 5. */
      forwarded?: number;
      view_once?: boolean;
      /** @description Hidden until somebody taps it. */
      spoiler?: boolean;
      /** @description Seconds after which it disappears. */
      expires_in?: number;
      /** @description Who may see a status post. */
      audience?: string[];
      /** @description The list of its sender's that it came by. */
      broadcast_list?: string;
      comment_on?: components["schemas"]["MessageRef"];
      /** @description Id of the album this belongs to. */
      album?: string;
      edited_at: number | null;
      deleted_at: number | null;
      starred: boolean;
      /** @description Of a post: the channel's own number of it. */
      server_id?: number;
      /** @description With `?raw=true`; null of what cannot be read. */
      raw?: components["schemas"]["RawMessage"] | null;
    };
    /** HistoryMissingEvent */
    HistoryMissingEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "history.missing";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description Which part of the history, in WhatsApp's words. */
        kind: string;
        reason: "gone" | "unreadable";
      };
    };
    /** HistoryRefusedEvent */
    HistoryRefusedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "history.refused";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      /** @description History that was asked for does not come: the phone is off, or says nothing. */
      data: {
        chat: string;
        chat_phone?: string | null;
        chat_lid?: string | null;
        request: string;
        /** @constant */
        reason: "no_answer";
      };
    };
    /**
     * HistorySharedContent
     * @description Earlier messages of the group were shared with new members.
     */
    HistorySharedContent: {
      /** @constant */
      kind: "history_shared";
      messages: number;
      /** @description Who was given them. */
      members: string[];
    };
    /** HistorySyncedEvent */
    HistorySyncedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "history.synced";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description Which part of the history, in WhatsApp's words. */
        kind: string;
        chats: number;
        messages: number;
        progress: number | null;
        /** @description Of history that was asked for: the chat. */
        chat?: string;
        chat_phone?: string | null;
        chat_lid?: string | null;
        /** @description Of history that was asked for: what the call answered. */
        request?: string;
        /** @description Of history that was asked for: the phone has nothing older. */
        end?: boolean;
      };
    };
    /**
     * ImageContent
     * @description A picture.
     */
    ImageContent: {
      /** @constant */
      kind: "image";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      width?: number;
      height?: number;
      caption?: string;
    };
    /** ImageDraft */
    ImageDraft: {
      /** @constant */
      kind: "image";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
      /** @description a text of up to 4,096 characters */
      caption?: string;
      /** @description a picture in base64 that stands for the file until it is opened, instead of the one made of it */
      thumbnail?: string;
      /** @description leaves in the picture where, when and with what it was taken; taken out by default */
      keep_metadata?: boolean;
    };
    /** ImportedDevice */
    ImportedDevice: {
      device_id: string;
      /** @description Nothing was changed. */
      dry_run: boolean;
      phone_number: string | null;
      /** @description The account's JID. */
      wa_jid: string;
      name: string | null;
      kept: components["schemas"]["ImportedKeys"];
      /** @description What did not come along, and what that means. */
      made_anew: string[];
    };
    /** ImportedKeys */
    ImportedKeys: {
      /** @description With devices of people: what they write can be read at once. */
      sessions: number;
      /** @description Of groups. */
      sender_keys: number;
      /** @description By which others begin sessions. */
      pre_keys: number;
      /** @description Of archived, pinned and muted chats, and names. */
      app_state_keys: number;
      /** @description Numbers whose LID is known. */
      names: number;
      /** @description By which people may be written to first. */
      tokens: number;
    };
    /** Incident */
    Incident: {
      id: string;
      /** @enum {string} */
      rule:
        | "device_logged_out"
        | "device_refused"
        | "device_restricted"
        | "passkey_asked"
        | "device_offline"
        | "queue_expiring"
        | "webhook_failing"
        | "webhook_disabled"
        | "deliveries_old"
        | "disk_low"
        | "store_refuses"
        | "backup_failed"
        | "plugin_disabled"
        | "unknown_stanza";
      /** @description The device, webhook or plugin; empty where it is the machine. */
      subject: string;
      /** @description What is wrong and what to do. */
      sentence: string;
      /** @description Unix seconds. */
      opened_at: number;
      ended_at: number | null;
    };
    /** JoinRequest */
    JoinRequest: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      requested_at: number | null;
    };
    /**
     * KeepAction
     * @description A disappearing message that is kept, or no longer.
     */
    KeepAction: {
      /** @constant */
      kind: "keep";
      target: components["schemas"]["MessageRef"];
      kept: boolean;
    };
    /** KeepDraft */
    KeepDraft: {
      /** @constant */
      kind: "keep";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
      kept?: boolean;
    };
    /** Key */
    Key: {
      id: string;
      tenant: string;
      name: string;
      prefix: string | null;
      /** @description Whether it opens the administration too. */
      admin: boolean;
      scopes: ("read" | "send" | "manage")[];
      devices: string[] | null;
      /** @description Unix seconds. */
      created_at: number;
      created_by: string | null;
      last_used_at: number | null;
      expires_at: number | null;
      revoked_at: number | null;
    };
    /** Label */
    Label: {
      /** @description WhatsApp's: a number. */
      id: string;
      name: string;
      /** @description A place in WhatsApp's palette. */
      color: number;
    };
    /** LabelAssignedEvent */
    LabelAssignedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "label.assigned";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        label_id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        message: string | null;
        target?: components["schemas"]["MessageRef"];
        assigned: boolean;
      };
    };
    /** LabelUpdatedEvent */
    LabelUpdatedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "label.updated";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        label_id: string;
        name: string;
        color: number;
        deleted: boolean;
      };
    };
    /** LabelWithCounts */
    LabelWithCounts: {
      /** @description WhatsApp's: a number. */
      id: string;
      name: string;
      /** @description A place in WhatsApp's palette. */
      color: number;
      chats: number;
      messages: number;
    };
    /** LabelWithUses */
    LabelWithUses: {
      /** @description WhatsApp's: a number. */
      id: string;
      name: string;
      /** @description A place in WhatsApp's palette. */
      color: number;
      chats: string[];
      messages: {
        chat: string;
        id: string;
        sender: string | null;
        from_me: boolean | null;
      }[];
    };
    /**
     * LiveLocationContent
     * @description A position that moves.
     */
    LiveLocationContent: {
      /** @constant */
      kind: "live_location";
      latitude: number;
      longitude: number;
      /** @description Metres. */
      accuracy?: number;
      /** @description Metres a second. */
      speed?: number;
      /** @description Degrees from north, clockwise. */
      heading?: number;
      /** @description Rises with every position of one sharing. */
      sequence?: number;
      caption?: string;
      offset?: number;
    };
    /** LiveLocationDraft */
    LiveLocationDraft: {
      /** @constant */
      kind: "live_location";
      /** @description degrees, -90 to 90 */
      latitude: number;
      /** @description degrees, -180 to 180 */
      longitude: number;
      /** @description metres, up to 1,000,000 */
      accuracy?: number;
      /** @description metres a second */
      speed?: number;
      /** @description degrees from north, clockwise, 0 to 360 */
      heading?: number;
      /** @description up to 1,024 characters */
      caption?: string;
    };
    /**
     * LocationContent
     * @description A place.
     */
    LocationContent: {
      /** @constant */
      kind: "location";
      latitude: number;
      longitude: number;
      name?: string;
      address?: string;
      url?: string;
    };
    /** LocationDraft */
    LocationDraft: {
      /** @constant */
      kind: "location";
      /** @description degrees, -90 to 90 */
      latitude: number;
      /** @description degrees, -180 to 180 */
      longitude: number;
      /** @description up to 1,000 characters */
      name?: string;
      /** @description up to 1,000 characters */
      address?: string;
    };
    /** LogLine */
    LogLine: {
      id: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @enum {string} */
      level: "debug" | "info" | "warn" | "error";
      message: string;
      /** @description What the line says besides; free JSON. */
      fields: {
        [key: string]: unknown;
      };
    };
    /**
     * LoginRefusal
     * @description What WhatsApp said of it, by its own names. It is told once.
     */
    LoginRefusal: {
      /** @description WhatsApp's number: 401, 402, 403, … */
      reason?: string;
      code?: string;
      /** @description Seconds that a ban still lasts. */
      expire?: string;
      message?: string;
      /** @description Where the owner may read on. */
      url?: string;
      violation_reason?: string;
      /** @description What an appeal of the owner needs. */
      appeal_token?: string;
      /** @description In the words that the phone shows. */
      logout_message_header?: string;
      logout_message_subtext?: string;
      logout_message_locale?: string;
    };
    /** MadeGroup */
    MadeGroup: {
      /** @description The group's JID, `1203…@g.us`. */
      id: string;
      subject: string;
      description: string | null;
      owner: string | null;
      created_at: number | null;
      /** @description Only admins write. */
      announce_only: boolean;
      /** @description Only admins change subject, description and picture. */
      locked: boolean;
      /** @description Whoever comes by the link waits for an admin. */
      join_approval: boolean;
      /** @description Every member may add others. */
      members_add: boolean;
      /** @description Seconds after which messages disappear; 0 is never. */
      timer: number;
      community: boolean;
      parent: string | null;
      /** @description The group in which a community's admins tell all its members. */
      announcements: boolean;
      size: number;
      members: components["schemas"]["GroupMember"][];
      /** @description Who could not be put into it. */
      refused: components["schemas"]["MemberResult"][];
    };
    /** MediaFailedEvent */
    MediaFailedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "media.failed";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        media_id: string;
        id: string | null;
        chat: string | null;
        error: string;
        code: string;
      };
    };
    /** MediaFile */
    MediaFile: {
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      mime: string;
      name: string | null;
      /** @description Bytes; 0 while unknown. */
      size: number;
      /** @description Hex. */
      sha256: string;
      /**
       * @description `remote`: with WhatsApp until somebody asks. `failed`: for good.
       * @enum {string}
       */
      state: "remote" | "ready" | "failed";
      reason: string | null;
      /** @description Pixels. */
      width?: number;
      /** @description Pixels. */
      height?: number;
      /** @description How long it plays. */
      seconds?: number;
      animated?: boolean;
      /** @description 64 bars. */
      waveform?: number[];
      /** @description Unix seconds. */
      created_at: number;
    };
    /** MediaLink */
    MediaLink: {
      /** Format: uri */
      url: string;
      /** @description Unix seconds. */
      expires_at: number;
    };
    /** MediaReadyEvent */
    MediaReadyEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "media.ready";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        media_id: string;
        id: string | null;
        chat: string | null;
        mime: string;
        /** @description Bytes. */
        size: number;
        sha256: string;
        /** @description Path of the file on this server; needs a key. */
        url: string;
      };
    };
    /** MemberResult */
    MemberResult: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      ok: boolean;
      /** @description WhatsApp's number, 200 when it is done. */
      code: number;
      reason: string | null;
      invite: {
        code: string;
        expires_at: number | null;
      } | null;
    };
    /**
     * MenuContent
     * @description Buttons, a list or a template to choose from.
     */
    MenuContent: {
      /** @constant */
      kind: "menu";
      text: string;
      /** @description Above the text. */
      title?: string;
      /** @description Below the text. */
      footer?: string;
      /** @description What opens a list; absent where the options are buttons. */
      button?: string;
      options: {
        /** @description What a `choice` of it names; of a button that opens, calls or copies, what that is. */
        id: string;
        title: string;
        /** @description Below the title of a list's row. */
        description?: string;
        /** @description What a list's row stands under. */
        section?: string;
        /** @description The address that the button opens. */
        url?: string;
        /** @description The number that the button calls. */
        phone?: string;
        /** @description The text that the button copies. */
        copy?: string;
      }[];
      /** @description The picture above a menu with buttons; only of one that was sent. */
      image?: {
        /** @description As its sender says, e.g. `image/jpeg`. */
        mime: string;
        /** @description Bytes; 0 when the sender did not say. */
        size: number;
        /** @description Of the file, hex; empty when the sender did not say. */
        sha256: string;
        /** @description Names the file, also for sending it again. */
        media_id: string;
        /** @description Path of the file on this server; needs a key. */
        url: string;
        /** @enum {string} */
        state: "remote" | "ready" | "failed";
        /**
         * Format: uri
         * @description Good without a key; absent where the tenant wants no links.
         */
        link?: string;
        /** @description Unix seconds: until when `link` is good. */
        link_expires_at?: number;
        /** @description The file itself, at a webhook with `inline_kb`. */
        base64?: string;
        width?: number;
        height?: number;
      };
      /** @description Of a carousel; only received. */
      cards?: {
        text: string;
        /** @description Above the text. */
        title?: string;
        /** @description Below the text. */
        footer?: string;
        options: {
          /** @description What a `choice` of it names; of a button that opens, calls or copies, what that is. */
          id: string;
          title: string;
          /** @description Below the title of a list's row. */
          description?: string;
          /** @description What a list's row stands under. */
          section?: string;
          /** @description The address that the button opens. */
          url?: string;
          /** @description The number that the button calls. */
          phone?: string;
          /** @description The text that the button copies. */
          copy?: string;
        }[];
      }[];
      /** @description WhatsApp's own name of the kind. */
      type: string;
    };
    /** MenuDraft */
    MenuDraft: {
      /** @constant */
      kind: "menu";
      /** @description 1 to 1024 characters */
      text: string;
      /** @description 1 to 60 characters */
      title?: string;
      /** @description 1 to 60 characters */
      footer?: string;
      /** @description 1 to 20 characters */
      button?: string;
      /** @description a picture above buttons, by url, base64 or media_id */
      image?: {
        /** @description an http(s) address this server fetches */
        url?: string;
        /** @description the file itself in base64, with or without a data: prefix */
        base64?: string;
        /** @description a file that was uploaded, sent or received before */
        media_id?: string;
        /** @description its type ("text/csv"), when the file itself does not tell */
        mime?: string;
      };
      /** @description 1 to 3 buttons, or with `button`, which opens a list, 1 to 10 rows */
      options: {
        /** @description 1 to 24 characters */
        title: string;
        /** @description 1 to 256 characters */
        id?: string;
        /** @description 1 to 72 characters */
        description?: string;
        /** @description 1 to 24 characters */
        section?: string;
        /** @description an http(s) address of up to 2,000 characters */
        url?: string;
        /** @description digits with country code */
        phone?: string;
        /** @description 1 to 256 characters */
        copy?: string;
      }[];
    };
    /** MessageCancelledEvent */
    MessageCancelledEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.cancelled";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description Ours, as the send call answered it. */
        message_id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description The bulk it is part of. */
        bulk_id?: string;
        /** @description Id of the album whose file it is. */
        album?: string;
      };
    };
    /** MessageDeletedEvent */
    MessageDeletedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.deleted";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        target: components["schemas"]["MessageRef"];
        /** @description Whether it was done to the message that is kept here. False: nothing changed, and `reason` says why. */
        applied: boolean;
        reason?: "not_author" | "unknown_message" | "deleted" | "unreadable";
        /** @description What it said before, when that is known. */
        previous: components["schemas"]["Content"] | null;
      };
    };
    /** MessageEditedEvent */
    MessageEditedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.edited";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        target: components["schemas"]["MessageRef"];
        content: components["schemas"]["Content"] | null;
        /** @description Whether it was done to the message that is kept here. False: nothing changed, and `reason` says why. */
        applied: boolean;
        reason?: "not_author" | "unknown_message" | "deleted" | "unreadable";
        /** @description What it said before, when that is known. */
        previous: components["schemas"]["Content"] | null;
      };
    };
    /** MessageFailedEvent */
    MessageFailedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.failed";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description Ours, as the send call answered it. */
        message_id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description The bulk it is part of. */
        bulk_id?: string;
        /** @description Id of the album whose file it is. */
        album?: string;
        error: string;
        code: string;
      };
    };
    /** MessageKeptEvent */
    MessageKeptEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.kept";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        target: components["schemas"]["MessageRef"];
        kept: boolean;
      };
    };
    /** MessagePinnedEvent */
    MessagePinnedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.pinned";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        target: components["schemas"]["MessageRef"];
        pinned: boolean;
        seconds: number | null;
      };
    };
    /** MessageReactionEvent */
    MessageReactionEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.reaction";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        target: components["schemas"]["MessageRef"];
        emoji: string | null;
        /**
         * @description The reaction is encrypted with the message's secret, which is not known here; `emoji` is null.
         * @constant
         */
        unreadable?: true;
      };
    };
    /** MessageReceivedEvent */
    MessageReceivedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.received";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        content: components["schemas"]["Content"];
        reply_to?: components["schemas"]["QuotedMessage"];
        ad?: components["schemas"]["Ad"];
        mentions?: string[];
        mentions_everyone?: boolean;
        /** @description How often it was forwarded; WhatsApp says "many times" from 5. */
        forwarded?: number;
        view_once?: boolean;
        /** @description Hidden until somebody taps it. */
        spoiler?: boolean;
        /** @description Seconds after which it disappears. */
        expires_in?: number;
        /** @description Who may see a status post. */
        audience?: string[];
        /** @description The list of its sender's that it came by. */
        broadcast_list?: string;
        comment_on?: components["schemas"]["MessageRef"];
        /** @description Id of the album this belongs to. */
        album?: string;
        /** @description Those of `mentions`, by all their names. */
        mentioned?: {
          /** @description One name for one person. */
          jid: string;
          phone: string | null;
          lid: string | null;
          username: string | null;
          /** @description The JID by which the words mention them: `@` and its digits. */
          wire: string;
        }[];
        /** @description True when this account is among them. */
        mentions_me?: boolean;
      };
    };
    /**
     * MessageRef
     * @description The message that is meant.
     */
    MessageRef: {
      /** @description WhatsApp's id of that message. */
      id: string;
      sender: string | null;
      /** @description True when this account sent it. */
      from_me: boolean;
      /** @description Of a post: the channel's own number of it. */
      server_id?: number;
    };
    /** MessageReleasedEvent */
    MessageReleasedEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.released";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description Ours, as the send call answered it. */
        message_id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description The bulk it is part of. */
        bulk_id?: string;
        /** @description Id of the album whose file it is. */
        album?: string;
      };
    };
    /** MessageSentEvent */
    MessageSentEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.sent";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description Ours, as the send call answered it. */
        message_id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description The bulk it is part of. */
        bulk_id?: string;
        /** @description Id of the album whose file it is. */
        album?: string;
        content: components["schemas"]["SentContent"];
        /** @description Of a post: the channel's own number of it. */
        server_id?: number;
      };
    };
    /**
     * MessageStatus
     * @description How far it was received, or else where it is.
     * @enum {string}
     */
    MessageStatus: "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled" | "delivered" | "read" | "played";
    /** MessageStatusEvent */
    MessageStatusEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.status";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description Ours, as the send call answered it. */
        message_id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @enum {string} */
        status: "delivered" | "read" | "played";
        participant: string | null;
        participant_phone: string | null;
        participant_lid: string | null;
        participant_username: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description The bulk it is part of. */
        bulk_id?: string;
        /** @description Id of the album whose file it is. */
        album?: string;
      };
    };
    /** MessageUndecryptableEvent */
    MessageUndecryptableEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.undecryptable";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description When it can be read after all, `message.received` follows, with the same id. */
        reason: "failed" | "view_once" | "unavailable";
        /** @description Why it failed, for who looks for the reason. */
        cause?:
          | "no_session"
          | "already_read"
          | "forged"
          | "unknown_pre_key"
          | "too_far_ahead"
          | "malformed"
          | "damaged_record"
          | "sender_missing"
          | "participant_missing"
          | "unknown_server"
          | "other_recipient"
          | "before_decryption"
          | "empty"
          | "no_question";
      };
    };
    /** MessageWaitingEvent */
    MessageWaitingEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "message.waiting";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description Ours, as the send call answered it. */
        message_id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        /** @description The bulk it is part of. */
        bulk_id?: string;
        /** @description Id of the album whose file it is. */
        album?: string;
        reason: "scheduled" | "time_locked" | "asking_whatsapp" | "capped" | "contact_held" | "restricted";
        /** @description Unix seconds; when it may leave, as far as is known now. */
        release_at: number;
      };
    };
    /**
     * MusicContent
     * @description A song.
     */
    MusicContent: {
      /** @constant */
      kind: "music";
      title: string;
      artist?: string;
      url?: string;
    };
    /** NewKey */
    NewKey: {
      /** @description Shown this once. */
      key: string;
      id: string;
      tenant: string;
      name: string;
      prefix: string | null;
      /** @description Whether it opens the administration too. */
      admin: boolean;
      scopes: ("read" | "send" | "manage")[];
      devices: string[] | null;
      /** @description Unix seconds. */
      created_at: number;
      created_by: string | null;
      last_used_at: number | null;
      expires_at: number | null;
      revoked_at: number | null;
    };
    /** NumberCheck */
    NumberCheck: {
      phone: string;
      exists: boolean | null;
      jid: string | null;
      lid: string | null;
      /** @description WhatsApp is asked for it later; `contacts.checked` tells the answer. */
      pending: boolean;
      retry_after: number | null;
    };
    /**
     * OfflineQueue
     * @description What WhatsApp kept while the device was away, in stanzas; null while there is no connection.
     */
    OfflineQueue: {
      /** @enum {string} */
      state: "none" | "pulling" | "stalled" | "complete";
      announced: number;
      received: number;
      missing: number;
    };
    /**
     * OfflineQueueTotals
     * @description What WhatsApp kept while devices were away, of all connections, in stanzas.
     */
    OfflineQueueTotals: {
      /** @description Devices whose queue is being fetched. */
      pulling: number;
      /** @description Devices for which nothing has come for a minute. */
      stalled: number;
      announced: number;
      received: number;
      missing: number;
    };
    /** OpenApiDocument */
    OpenApiDocument: {
      [key: string]: unknown;
    };
    /**
     * OrderContent
     * @description A cart that was sent to a business.
     */
    OrderContent: {
      /** @constant */
      kind: "order";
      id: string;
      /** @description Opens the order's details. */
      token: string;
      title: string;
      items: number;
      total?: {
        /** @description In units of the currency. */
        amount: number;
        currency: string;
      };
      /** @description The business's JID. */
      seller: string;
      text?: string;
    };
    /** OutgoingMessage */
    OutgoingMessage: {
      /** @description Whose it is, in lists of every tenant's. */
      tenant?: string;
      /** @description Which sends it, in lists of many devices. */
      device_id?: string;
      /** @description Ours; every call takes it. */
      message_id: string;
      /** @description WhatsApp's message id. */
      id: string;
      status: components["schemas"]["MessageStatus"];
      /** @description The chat's JID. */
      to: string;
      bulk_id: string | null;
      content: components["schemas"]["SentContent"];
      reply_to?: components["schemas"]["QuotedMessage"];
      ad?: components["schemas"]["Ad"];
      mentions?: string[];
      mentions_everyone?: boolean;
      /** @description How often it was forwarded; WhatsApp says "many times" from 5. */
      forwarded?: number;
      view_once?: boolean;
      /** @description Hidden until somebody taps it. */
      spoiler?: boolean;
      /** @description Seconds after which it disappears. */
      expires_in?: number;
      /** @description Who may see a status post. */
      audience?: string[];
      /** @description The list of its sender's that it came by. */
      broadcast_list?: string;
      comment_on?: components["schemas"]["MessageRef"];
      /** @description Id of the album this belongs to. */
      album?: string;
      reason: string | null;
      error: string | null;
      release_at: number | null;
      /** @description Unix seconds. */
      created_at: number;
      sent_at: number | null;
    };
    /** OwnProfile */
    OwnProfile: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      name: string | null;
      picture: string | null;
      about: string | null;
      business: components["schemas"]["BusinessProfile"] | null;
    };
    /** PairingCode */
    PairingCode: {
      /** @description `ABCD-EFGH`. */
      pairing_code: string;
      phone_number: string;
      /** @description Unix seconds. */
      expires_at: number;
      message: string;
    };
    /** PasskeyCeremony */
    PasskeyCeremony: {
      stage: components["schemas"]["PasskeyStage"];
      /** @description What a person has to do now. */
      message: string;
      /** @description Unix seconds: this stage is given up then. */
      expires_at: number;
      options: {
        [key: string]: unknown;
      } | null;
      code: string | null;
    };
    /** PasskeyLink */
    PasskeyLink: {
      /**
       * Format: uri
       * @description The bot's page for the owner; it needs no key.
       */
      url: string;
      /**
       * Format: uri
       * @description web.whatsapp.com, where the browser extension takes the ceremony up.
       */
      web_url: string;
      /** @description Unix seconds. */
      expires_at: number;
    };
    /**
     * PasskeyStage
     * @description How far it has come.
     * @enum {string}
     */
    PasskeyStage: "preparing" | "signature" | "sending" | "phone" | "code" | "finishing";
    /**
     * PaymentContent
     * @description What people say of payments; the money itself is between them and their bank.
     */
    PaymentContent: {
      /** @constant */
      kind: "payment";
      /** @enum {string} */
      action:
        "request" | "sent" | "declined" | "cancelled" | "invite" | "invoice" | "reminder" | "split" | "split_paid";
      amount?: {
        /** @description In units of the currency. */
        amount: number;
        currency: string;
      };
      text?: string;
      /** @description Who is to pay, as a JID. */
      from?: string;
      request: string | null;
      /** @description Unix seconds. */
      expires_at?: number;
    };
    /** Person */
    Person: {
      /** @description One name for one person. */
      jid: string;
      phone: string | null;
      lid: string | null;
      username: string | null;
      picture: string | null;
      about: string | null;
      business: components["schemas"]["BusinessProfile"] | null;
    };
    /**
     * Phase
     * @description Where the device is in its life.
     * @enum {string}
     */
    Phase:
      | "stopped"
      | "starting"
      | "pairing"
      | "passkey_required"
      | "connected"
      | "waiting"
      | "restricted"
      | "failed"
      | "logged_out";
    /**
     * PhaseReason
     * @description Why it is in its phase.
     * @enum {string}
     */
    PhaseReason:
      | "requested"
      | "linked"
      | "scan_needed"
      | "restart_required"
      | "connection_lost"
      | "pairing_expired"
      | "passkey_required"
      | "passkey_expired"
      | "passkey_refused"
      | "passkey_no_answer"
      | "passkey_lost"
      | "passkey_cancelled"
      | "logged_out"
      | "revoked"
      | "replaced"
      | "banned"
      | "temporarily_banned"
      | "outdated_version"
      | "rejected"
      | "proxy_unavailable"
      | "proxy_refused"
      | "proxy_changed"
      | "store_unavailable"
      | "shutdown";
    /**
     * PhoneRequestContent
     * @description Somebody who knows this account by its LID asks for its phone number.
     */
    PhoneRequestContent: {
      /** @constant */
      kind: "phone_request";
    };
    /**
     * PinAction
     * @description A message pinned for everybody in the chat, or unpinned.
     */
    PinAction: {
      /** @constant */
      kind: "pin";
      target: components["schemas"]["MessageRef"];
      pinned: boolean;
      seconds: number | null;
    };
    /** PinDraft */
    PinDraft: {
      /** @constant */
      kind: "pin";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
      /** @description false unpins */
      pinned?: boolean;
      /** @description 86400, 604800 or 2592000: a day, a week or 30 days */
      seconds?: 86400 | 604800 | 2592000;
    };
    /** Plugin */
    Plugin: {
      name: string;
      description: string;
      /** @enum {string} */
      state: "loading" | "running" | "off" | "failed" | "restarting" | "disabled";
      /** @description What it may do beyond replying. */
      permissions: string[];
      problem: string | null;
    };
    /** PluginCommand */
    PluginCommand: {
      name: string;
      /** @description `<city> [days]` */
      usage: string;
      description: string;
    };
    /** PluginDelivery */
    PluginDelivery: {
      plugin: string;
      /** @description Attempts begun, ever. */
      attempts: number;
      error: string | null;
      next_attempt_at: number | null;
      settled_at: number | null;
      status: components["schemas"]["DeliveryStage"];
      reason: string | null;
    };
    /** PluginDetails */
    PluginDetails: {
      name: string;
      description: string;
      /** @enum {string} */
      state: "loading" | "running" | "off" | "failed" | "restarting" | "disabled";
      /** @description What it may do beyond replying. */
      permissions: string[];
      problem: string | null;
      /** @description Of one that is off: what stands in its source. */
      commands: components["schemas"]["PluginCommand"][];
      /** @description Below `/plugins/<name>`. */
      routes: {
        method: string;
        path: string;
      }[];
      schedules: {
        cron: string;
        zone: string;
        next: string | null;
      }[];
      /** @description Events, and kinds of messages. */
      hears: string[];
      /** @description How many entries it keeps. */
      stored: number;
      /** @description The last 20 since the bot began, newest first. */
      faults: components["schemas"]["PluginFault"][];
      origin: {
        url: string;
        path: string | null;
        /** @description The SHA-256 of the file, or the commit. */
        hash: string;
      } | null;
      version: string | null;
      /** @description Each setting as data: type, description, default, bounds. A form can be made of it. */
      settings: {
        [key: string]: {
          [key: string]: unknown;
        };
      };
      /** @description Secrets are masked; what is not set yet is null. */
      values: {
        [key: string]: unknown;
      };
      scope: {
        devices: string[] | null;
        chats: string[] | null;
        /** @description Never in these chats. */
        except: string[];
      };
    };
    /** PluginEntry */
    PluginEntry: {
      key: string;
      /** @description Characters of its JSON. */
      size: number;
      /** @description Its JSON, the first 2,000 characters. */
      text: string;
    };
    /** PluginFault */
    PluginFault: {
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      at: string;
      /**
       * @description What was done about it; `offered_again`: its handler threw at an event.
       * @enum {string}
       */
      action: "restarted" | "disabled" | "not_loaded" | "offered_again";
      reason: string;
      place: string | null;
    };
    /** PluginFaultEvent */
    PluginFaultEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      seq: null;
      /** @constant */
      type: "plugin.fault";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      device: null;
      data: {
        plugin: string;
        /**
         * @description What was done about it.
         * @enum {string}
         */
        action: "restarted" | "disabled" | "not_loaded";
        /** @description load, throw, crash, exit, stuck, hung, memory or flood. */
        kind: string;
        /** @description Why, for people. */
        reason: string;
        place: string | null;
      };
    };
    /**
     * PollContent
     * @description A poll.
     */
    PollContent: {
      /** @constant */
      kind: "poll";
      question: string;
      options: string[];
      /** @description How many options one may choose; 0 is any number. */
      selectable: number;
      /** @description Unix seconds. */
      ends_at?: number;
      /**
       * @description Nobody sees who chose what.
       * @constant
       */
      hides_voters?: true;
      /**
       * @description Members may add options.
       * @constant
       */
      open?: true;
    };
    /** PollDraft */
    PollDraft: {
      /** @constant */
      kind: "poll";
      /** @description a text of 1 to 255 characters */
      question: string;
      /** @description 2 to 12 different answers */
      options: string[];
      /** @description how many may be chosen; 0, the default, is any number */
      selectable?: number;
    };
    /**
     * PollResultContent
     * @description The result of a poll, frozen.
     */
    PollResultContent: {
      /** @constant */
      kind: "poll_result";
      question: string;
      votes: {
        option: string;
        count: number;
      }[];
    };
    /**
     * PollVoteAction
     * @description A vote in a poll; `options` is null when the poll, or an answer that was chosen, is not known here; it is told again when that comes.
     */
    PollVoteAction: {
      /** @constant */
      kind: "poll_vote";
      target: components["schemas"]["MessageRef"];
      options: string[] | null;
    };
    /** PollVoteDraft */
    PollVoteDraft: {
      /** @constant */
      kind: "poll_vote";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
      /** @description the answers as the poll words them; [] for none */
      options: string[];
    };
    /** PollVoteEvent */
    PollVoteEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      /** @description Place in the device's log, without gaps. */
      seq: number;
      /** @constant */
      type: "poll.vote";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description WhatsApp's message id. */
        id: string;
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description The sender's JID: one name for one person. */
        sender: string;
        sender_phone: string | null;
        sender_lid: string | null;
        sender_username: string | null;
        /** @description The same two as WhatsApp addressed them this time, without the device. */
        wire: {
          chat: string;
          sender: string;
        };
        /** @description This account sent a message of the same id, into this chat or another: they are two, told apart by chat and sender. */
        id_collision?: boolean;
        /** @description True of what the owner typed on the phone. */
        from_me: boolean;
        is_group: boolean;
        push_name: string | null;
        /** @description Unix seconds. */
        timestamp: number;
        target: components["schemas"]["MessageRef"];
        options: string[] | null;
      };
    };
    /** PresenceEvent */
    PresenceEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      seq: null;
      /** @constant */
      type: "presence";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      /** @description The device's id. */
      device: string;
      data: {
        /** @description The chat's JID: one name for one conversation, whatever names its people are addressed by. */
        chat: string;
        chat_phone: string | null;
        chat_lid: string | null;
        /** @description Who, as a JID; in a chat of two the chat itself. */
        member: string;
        member_phone: string | null;
        member_lid: string | null;
        member_username: string | null;
        /** @enum {string} */
        state: "available" | "unavailable" | "composing" | "recording" | "paused";
        last_seen: number | null;
      };
    };
    /**
     * Privacy
     * @description In WhatsApp's words: last, online, profile, status, readreceipts, groupadd, calladd, messages, disappearing, and what else WhatsApp names.
     */
    Privacy: {
      [key: string]: string;
    };
    /** ProcessHealth */
    ProcessHealth: {
      version: string;
      bun: string;
      platform: string;
      /** @description Milliseconds. */
      uptime: number;
      /** @description Bytes. */
      memory: number;
      /** @description How late the event loop was. */
      lag: {
        /** @description Milliseconds. */
        mean: number;
        /** @description Milliseconds. */
        worst: number;
      };
      /** @description How many are in each phase: stopped, starting, pairing, passkey_required, connected, waiting, restricted, failed, logged_out. */
      devices: {
        [key: string]: number;
      };
      offline_queue: components["schemas"]["OfflineQueueTotals"];
      messages_waiting: number;
      deliveries_owed: number;
      oldest_delivery_due_at: number | null;
      /** @description With what is not in its file yet. */
      database_bytes: number;
      /** @description Files of messages that are here. */
      media_bytes: number;
      /** @description Left on the disk of the data folder. */
      disk_free_bytes: number;
    };
    /**
     * ProductContent
     * @description An article of a business's catalogue.
     */
    ProductContent: {
      /** @constant */
      kind: "product";
      id: string;
      title: string;
      description?: string;
      price?: {
        /** @description In units of the currency. */
        amount: number;
        currency: string;
      };
      url?: string;
      /** @description The business's JID. */
      seller: string;
      text?: string;
    };
    /** QrCode */
    QrCode: {
      /** @description A PNG as a data: URL, for an `<img>`. */
      qr_code: string;
      /** @description What the picture says, to be drawn as it is. */
      qr_string: string;
      /** @description Unix seconds. */
      expires_at: number;
      message: string;
    };
    /** QrLink */
    QrLink: {
      /** Format: uri */
      url: string;
      /** @description Unix seconds. */
      expires_at: number;
    };
    /**
     * QuotedMessage
     * @description The message this one answers, as the sender quoted it; `content` is null when they did not.
     */
    QuotedMessage: {
      /** @description WhatsApp's id of the message answered. */
      id: string;
      sender: string | null;
      sender_phone?: string | null;
      sender_lid?: string | null;
      sender_username?: string | null;
      content: components["schemas"]["Content"] | null;
      /** @description Where it was said, when the sender names it: `status@broadcast`, a group that is answered in private. */
      chat?: string;
    };
    /**
     * RawMessage
     * @description By the names of WhatsApp's own fields, bytes in base64; keys are left out.
     */
    RawMessage: {
      [key: string]: unknown;
    };
    /**
     * ReactionAction
     * @description A reaction to a message.
     */
    ReactionAction: {
      /** @constant */
      kind: "reaction";
      target: components["schemas"]["MessageRef"];
      emoji: string | null;
      /**
       * @description The reaction is encrypted with the message's secret, which is not known here; `emoji` is null.
       * @constant
       */
      unreadable?: true;
    };
    /** ReactionDraft */
    ReactionDraft: {
      /** @constant */
      kind: "reaction";
      /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
      target:
        | string
        | {
            id: string;
            sender?: string;
            from_me?: boolean;
            server_id?: number;
          };
      /** @description one emoji; null or "" takes the reaction back */
      emoji: string | null;
    };
    /** Readiness */
    Readiness: {
      /** @enum {string} */
      status: "ok" | "degraded";
      live: boolean;
      ready: boolean;
      /** @description `ok`, or what is wrong. */
      store: string;
      /** @description `ok`, or what is wrong. */
      devices: string;
      /** @description `ok`, or what is wrong. */
      log: string;
      log_lines_lost: number;
    };
    /**
     * ScheduledContent
     * @description A message that WhatsApp shows at a later time; until then nobody but its sender can read it.
     */
    ScheduledContent: {
      /** @constant */
      kind: "scheduled";
      key: string | null;
    };
    /**
     * SendingHolds
     * @description What holds messages back now.
     */
    SendingHolds: {
      locked_until: number | null;
      asking_until: number | null;
      capped_until: number | null;
      restricted_until: number | null;
      /** @description The restriction may be over: one message at a time tries whether WhatsApp takes it. */
      probing: boolean;
      paused_until: number | null;
    };
    /** SentContent */
    SentContent:
      | components["schemas"]["TextContent"]
      | components["schemas"]["ImageContent"]
      | components["schemas"]["VideoContent"]
      | components["schemas"]["GifContent"]
      | components["schemas"]["VideoNoteContent"]
      | components["schemas"]["AudioContent"]
      | components["schemas"]["VoiceContent"]
      | components["schemas"]["DocumentContent"]
      | components["schemas"]["StickerContent"]
      | components["schemas"]["LocationContent"]
      | components["schemas"]["LiveLocationContent"]
      | components["schemas"]["ContactsContent"]
      | components["schemas"]["GroupInviteContent"]
      | components["schemas"]["PollContent"]
      | components["schemas"]["EventContent"]
      | components["schemas"]["MenuContent"]
      | components["schemas"]["AlbumContent"]
      | components["schemas"]["ReactionAction"]
      | components["schemas"]["EditAction"]
      | components["schemas"]["DeleteAction"]
      | components["schemas"]["PinAction"]
      | components["schemas"]["KeepAction"]
      | components["schemas"]["PollVoteAction"]
      | components["schemas"]["EventResponseAction"]
      | components["schemas"]["TimerAction"];
    /** Session */
    Session: {
      admin: boolean;
      tenant: string;
      scopes: ("read" | "send" | "manage")[];
      devices: string[] | null;
      /** @enum {string} */
      auth: "on" | "off";
      version: string;
    };
    /** Setting */
    Setting: {
      /** @description As in `.env`. */
      name: string;
      about: string;
      value: string | null;
      default: string | null;
      /**
       * @description Where the value stands: nowhere, in `.env`, in the environment, here.
       * @enum {string}
       */
      source: "default" | "file" | "environment" | "api";
      /**
       * @description `api`: by a PATCH. `signal`: in `.env`, then SIGHUP or `POST /v1/admin/settings/reload`. `restart`: in `.env`, then a start.
       * @enum {string}
       */
      changes: "api" | "signal" | "restart";
      is_secret: boolean;
      /** @description `.env` says something else than what holds until the next start. */
      needs_restart: boolean;
    };
    /** SettingChange */
    SettingChange: {
      changed: string[];
      /** @description What `.env` says of them holds after the next start. */
      need_restart: string[];
    };
    /** StartedDevice */
    StartedDevice: {
      device_id: string;
      status: components["schemas"]["DeviceWord"];
      message: string;
    };
    /**
     * StatusNoticeContent
     * @description Somebody mentions this account, or its group, in a status, or does something with a status of its own.
     */
    StatusNoticeContent: {
      /** @constant */
      kind: "status_notice";
      action:
        | ("mentioned" | "group_mentioned" | "add_yours" | "reshared" | "answer_reshared" | "group_reply" | "sticker")
        | null;
      status: components["schemas"]["MessageRef"] | null;
    };
    /**
     * StickerContent
     * @description A sticker, WebP.
     */
    StickerContent: {
      /** @constant */
      kind: "sticker";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      width?: number;
      height?: number;
      animated: boolean;
    };
    /** StickerDraft */
    StickerDraft: {
      /** @constant */
      kind: "sticker";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
    };
    /**
     * StickerPackContent
     * @description A pack of stickers; `stickers` is how many.
     */
    StickerPackContent: {
      /** @constant */
      kind: "sticker_pack";
      id: string;
      name: string;
      publisher?: string;
      description?: string;
      caption?: string;
      stickers: number;
    };
    /** Tenant */
    Tenant: {
      id: string;
      name: string;
      device_limit: number | null;
      /** @description Budgets that differ from what is usual here. */
      limits: {
        bytes_in_flight?: number | null;
        sockets?: number | null;
        requests_per_second?: number | null;
        sign_ins_per_minute?: number | null;
        queued_messages?: number | null;
        queued_bytes?: number | null;
        media_bytes?: number | null;
        event_bytes?: number | null;
        history_bytes?: number | null;
        audit_rows?: number | null;
      };
      proxy: string | null;
      /** @description Events and messages carry links to their files. */
      media_links: boolean;
      /** @description Unix seconds. */
      created_at: number;
    };
    /** TenantDevice */
    TenantDevice: {
      device_id: string;
      label: string | null;
      status: components["schemas"]["DeviceWord"];
      phase: components["schemas"]["Phase"];
      reason: components["schemas"]["PhaseReason"];
    };
    /** TenantRetention */
    TenantRetention: {
      event_days: number | null;
      history_days: number | null;
      /**
       * @description `until_delivered`: what was said and files go once all who are owed them have them.
       * @enum {string}
       */
      contents: "keep" | "until_delivered";
    };
    /** TenantsDevice */
    TenantsDevice: {
      /** @description The id of the tenant it belongs to. */
      tenant: string;
      device_id: string;
      label: string | null;
      device_group: string | null;
      phone_number: string | null;
      wa_jid: string | null;
      status: components["schemas"]["DeviceWord"];
      reason: components["schemas"]["PhaseReason"];
      last_connect_at: number | null;
      offline_queue: components["schemas"]["OfflineQueue"] | null;
      /** @description Files of history and of the account's state that were announced and are not here yet. */
      missing_files: number;
      sending: components["schemas"]["SendingHolds"];
      whatsapp_version: components["schemas"]["WhatsAppVersion"] | null;
      proxy: components["schemas"]["DeviceProxy"] | null;
      unlinked: components["schemas"]["Unlinked"] | null;
      message: string | null;
      phase: components["schemas"]["Phase"];
      /** @description Unix seconds: when this phase began. */
      since: number;
    };
    /** TenantsWebhook */
    TenantsWebhook: {
      /** @description The id of the tenant it belongs to. */
      tenant: string;
      id: string;
      url: string;
      description: string | null;
      /** @description `["message.*", "device.connected"]` or `["*"]`. */
      events: string[];
      devices: string[] | null;
      device_groups: string[] | null;
      /** @description Names of own headers. Their values are never shown. */
      headers: string[];
      /** @description What it answers to an event is sent into the chat of the event. */
      replies: boolean;
      /** @description Events of messages carry the message as WhatsApp has it, in `raw`. */
      raw: boolean;
      batch: components["schemas"]["BatchRule"] | null;
      burst: components["schemas"]["BurstRule"] | null;
      /** @description Files of up to so many kilobytes stand in the event, as `base64`; 0: none. */
      inline_kb: number;
      chats: ("person" | "group" | "channel" | "status")[] | null;
      /** @enum {string} */
      status: "active" | "paused" | "disabled";
      reason: string | null;
      /**
       * @description `environment` is one of WEBHOOK_URL.
       * @enum {string}
       */
      origin: "environment" | "api";
      failing_since: number | null;
      last_success_at: number | null;
      last_failure: {
        /** @description Unix seconds. */
        at: number;
        response_status: number | null;
        error: string | null;
      } | null;
      /** @description Unix seconds. */
      created_at: number;
      /** @description Unix seconds. */
      updated_at: number;
    };
    /**
     * TextContent
     * @description Plain text.
     */
    TextContent: {
      /** @constant */
      kind: "text";
      text: string;
      /** @description The card WhatsApp shows below the text. */
      preview?: {
        url: string;
        title?: string;
        description?: string;
        /** @description The picture on a card that was made here. */
        media_id?: string;
      };
      /** @description The colour behind a text status, `#rrggbb`. */
      background?: string;
      /** @description The colour of the words of a text status, `#rrggbb`. */
      color?: string;
      /**
       * @description of a text status: one of system, system_text, script, bold, morning_breeze, calistoga, exo2, courier_prime
       * @enum {string}
       */
      font?: "system" | "system_text" | "script" | "bold" | "morning_breeze" | "calistoga" | "exo2" | "courier_prime";
    };
    /** TextDraft */
    TextDraft: {
      /** @constant */
      kind: "text";
      /** @description a text of 1 to 65,536 characters, not only spaces */
      text: string;
      /** @description the colour behind a text status ("#1E6E4F") */
      background?: string;
      /** @description the colour of the words of a text status ("#1E6E4F") */
      color?: string;
      /**
       * @description of a text status: one of system, system_text, script, bold, morning_breeze, calistoga, exo2, courier_prime
       * @enum {string}
       */
      font?: "system" | "system_text" | "script" | "bold" | "morning_breeze" | "calistoga" | "exo2" | "courier_prime";
      /** @description true to make a card of the first link, or { url, title, description, image }: texts of up to 200 and 500 characters */
      preview?:
        | {
            /** @description an address that stands in the text */
            url: string;
            /** @description up to 200 characters */
            title?: string;
            /** @description up to 500 characters */
            description?: string;
            /** @description one of { url }, { base64 }, { media_id } */
            image?: {
              /** @description an http(s) address this server fetches */
              url?: string;
              /** @description the file itself in base64, with or without a data: prefix */
              base64?: string;
              /** @description a file that was uploaded, sent or received before */
              media_id?: string;
              /** @description its type ("text/csv"), when the file itself does not tell */
              mime?: string;
            };
          }
        | boolean;
    };
    /**
     * TimerAction
     * @description The chat's timer for disappearing messages.
     */
    TimerAction: {
      /** @constant */
      kind: "timer";
      /** @description How long messages stay; 0 is for ever. */
      seconds: number;
    };
    /** TimerDraft */
    TimerDraft: {
      /** @constant */
      kind: "timer";
      /** @description 0, 86400, 604800 or 7776000: off, a day, a week or 90 days */
      seconds: 0 | 86400 | 604800 | 7776000;
    };
    /**
     * Unlinked
     * @description How the account that was linked last went; null while one is linked.
     */
    Unlinked: {
      reason: components["schemas"]["PhaseReason"];
      phone_number: string;
      /** @description Unix seconds. */
      at: number;
    };
    /** UnlinkedAccount */
    UnlinkedAccount: {
      reason: components["schemas"]["PhaseReason"];
      phoneNumber: string;
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      at: string;
    };
    /**
     * UnsupportedContent
     * @description Something this version does not know yet. Never an error.
     */
    UnsupportedContent: {
      /** @constant */
      kind: "unsupported";
      /** @description WhatsApp's own name of the kind, e.g. `bcallMessage`; of one that is newer, `field_` and its number. */
      type: string;
      /** @description The words found in it. */
      text?: string;
    };
    /**
     * VideoContent
     * @description A video.
     */
    VideoContent: {
      /** @constant */
      kind: "video";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      width?: number;
      height?: number;
      seconds?: number;
      caption?: string;
    };
    /** VideoDraft */
    VideoDraft: {
      /** @constant */
      kind: "video";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
      /** @description a text of up to 4,096 characters */
      caption?: string;
      /** @description a picture in base64 that stands for the file until it is opened, instead of the one made of it */
      thumbnail?: string;
    };
    /**
     * VideoNoteContent
     * @description A round video message.
     */
    VideoNoteContent: {
      /** @constant */
      kind: "video_note";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      width?: number;
      height?: number;
      seconds?: number;
    };
    /** VideoNoteDraft */
    VideoNoteDraft: {
      /** @constant */
      kind: "video_note";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
      /** @description a picture in base64 that stands for the file until it is opened, instead of the one made of it */
      thumbnail?: string;
    };
    /**
     * VoiceContent
     * @description A voice message.
     */
    VoiceContent: {
      /** @constant */
      kind: "voice";
      /** @description As its sender says, e.g. `image/jpeg`. */
      mime: string;
      /** @description Bytes; 0 when the sender did not say. */
      size: number;
      /** @description Of the file, hex; empty when the sender did not say. */
      sha256: string;
      /** @description Names the file, also for sending it again. */
      media_id: string;
      /** @description Path of the file on this server; needs a key. */
      url: string;
      /** @enum {string} */
      state: "remote" | "ready" | "failed";
      /**
       * Format: uri
       * @description Good without a key; absent where the tenant wants no links.
       */
      link?: string;
      /** @description Unix seconds: until when `link` is good. */
      link_expires_at?: number;
      /** @description The file itself, at a webhook with `inline_kb`. */
      base64?: string;
      seconds?: number;
      /** @description Up to 64 bars, 0 to 100. */
      waveform?: number[];
    };
    /** VoiceDraft */
    VoiceDraft: {
      /** @constant */
      kind: "voice";
      /** @description an http(s) address this server fetches */
      url?: string;
      /** @description the file itself in base64, with or without a data: prefix */
      base64?: string;
      /** @description a file that was uploaded, sent or received before */
      media_id?: string;
      /** @description its type ("text/csv"), when the file itself does not tell */
      mime?: string;
    };
    /** Webhook */
    Webhook: {
      id: string;
      url: string;
      description: string | null;
      /** @description `["message.*", "device.connected"]` or `["*"]`. */
      events: string[];
      devices: string[] | null;
      device_groups: string[] | null;
      /** @description Names of own headers. Their values are never shown. */
      headers: string[];
      /** @description What it answers to an event is sent into the chat of the event. */
      replies: boolean;
      /** @description Events of messages carry the message as WhatsApp has it, in `raw`. */
      raw: boolean;
      batch: components["schemas"]["BatchRule"] | null;
      burst: components["schemas"]["BurstRule"] | null;
      /** @description Files of up to so many kilobytes stand in the event, as `base64`; 0: none. */
      inline_kb: number;
      chats: ("person" | "group" | "channel" | "status")[] | null;
      /** @enum {string} */
      status: "active" | "paused" | "disabled";
      reason: string | null;
      /**
       * @description `environment` is one of WEBHOOK_URL.
       * @enum {string}
       */
      origin: "environment" | "api";
      failing_since: number | null;
      last_success_at: number | null;
      last_failure: {
        /** @description Unix seconds. */
        at: number;
        response_status: number | null;
        error: string | null;
      } | null;
      /** @description Unix seconds. */
      created_at: number;
      /** @description Unix seconds. */
      updated_at: number;
    };
    /** WebhookDeadLetteredEvent */
    WebhookDeadLetteredEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      seq: null;
      /** @constant */
      type: "webhook.dead_lettered";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      device: null;
      data: {
        webhook_id: string;
        /** @description Without its query. */
        url: string;
        /** @description Why they are not attempted any more, for people. */
        reason: string;
        /** @description How many events. */
        count: number;
        /** @description Of the first hundred. */
        event_ids: string[];
        /** @description Unix seconds: when the first of them happened. */
        since: number;
        /** @description Unix seconds: when the last of them happened. */
        until: number;
      };
    };
    /** WebhookDelivery */
    WebhookDelivery: {
      webhook_id: string;
      url: string | null;
      /** @description Attempts begun, ever. */
      attempts: number;
      error: string | null;
      next_attempt_at: number | null;
      settled_at: number | null;
      status: components["schemas"]["DeliveryStage"];
      reason: string | null;
      response_status: number | null;
    };
    /** WebhookDisabledEvent */
    WebhookDisabledEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      seq: null;
      /** @constant */
      type: "webhook.disabled";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      device: null;
      data: {
        webhook_id: string;
        /** @description Without its query. */
        url: string;
        /** @description Why, for people. */
        reason: string;
      };
    };
    /** WebhookNotSubscribed */
    WebhookNotSubscribed: {
      webhook_id: string;
      url: string | null;
      /** @constant */
      status: "not_subscribed";
      reason: string | null;
    };
    /** WebhookTest */
    WebhookTest: {
      delivered: boolean;
      response_status: number | null;
      /** @description Milliseconds. */
      duration: number;
      error: string | null;
      response: string | null;
    };
    /** WebhookTestEvent */
    WebhookTestEvent: {
      /** @description The same through every retry and replay: the idempotency key. */
      id: string;
      seq: null;
      /** @constant */
      type: "webhook.test";
      /**
       * Format: date-time
       * @description ISO 8601 with milliseconds.
       */
      timestamp: string;
      device: null;
      data: {
        webhook_id: string;
        message: string;
      };
    };
    /** WebhookWithFigures */
    WebhookWithFigures: {
      id: string;
      url: string;
      description: string | null;
      /** @description `["message.*", "device.connected"]` or `["*"]`. */
      events: string[];
      devices: string[] | null;
      device_groups: string[] | null;
      /** @description Names of own headers. Their values are never shown. */
      headers: string[];
      /** @description What it answers to an event is sent into the chat of the event. */
      replies: boolean;
      /** @description Events of messages carry the message as WhatsApp has it, in `raw`. */
      raw: boolean;
      batch: components["schemas"]["BatchRule"] | null;
      burst: components["schemas"]["BurstRule"] | null;
      /** @description Files of up to so many kilobytes stand in the event, as `base64`; 0: none. */
      inline_kb: number;
      chats: ("person" | "group" | "channel" | "status")[] | null;
      /** @enum {string} */
      status: "active" | "paused" | "disabled";
      reason: string | null;
      /**
       * @description `environment` is one of WEBHOOK_URL.
       * @enum {string}
       */
      origin: "environment" | "api";
      failing_since: number | null;
      last_success_at: number | null;
      last_failure: {
        /** @description Unix seconds. */
        at: number;
        response_status: number | null;
        error: string | null;
      } | null;
      /** @description Unix seconds. */
      created_at: number;
      /** @description Unix seconds. */
      updated_at: number;
      /** @description Events that wait for it. */
      pending: number;
      pending_since: number | null;
      /** @description Events that were given up. */
      dead: number;
      /**
       * @description `degraded`: one chat at a time, since it keeps failing. `backing_off`: waits, as it asked.
       * @enum {string}
       */
      health: "ok" | "degraded" | "backing_off";
      backing_off_until: number | null;
      /** @description How its latest 200 deliveries went. */
      recent: {
        deliveries: number;
        delivered: number;
        dead: number;
        attempts: number;
        failed_attempts: number;
        duration: number | null;
      };
    };
    /** WebhookWithSecret */
    WebhookWithSecret: {
      id: string;
      url: string;
      description: string | null;
      /** @description `["message.*", "device.connected"]` or `["*"]`. */
      events: string[];
      devices: string[] | null;
      device_groups: string[] | null;
      /** @description Names of own headers. Their values are never shown. */
      headers: string[];
      /** @description What it answers to an event is sent into the chat of the event. */
      replies: boolean;
      /** @description Events of messages carry the message as WhatsApp has it, in `raw`. */
      raw: boolean;
      batch: components["schemas"]["BatchRule"] | null;
      burst: components["schemas"]["BurstRule"] | null;
      /** @description Files of up to so many kilobytes stand in the event, as `base64`; 0: none. */
      inline_kb: number;
      chats: ("person" | "group" | "channel" | "status")[] | null;
      /** @enum {string} */
      status: "active" | "paused" | "disabled";
      reason: string | null;
      /**
       * @description `environment` is one of WEBHOOK_URL.
       * @enum {string}
       */
      origin: "environment" | "api";
      failing_since: number | null;
      last_success_at: number | null;
      last_failure: {
        /** @description Unix seconds. */
        at: number;
        response_status: number | null;
        error: string | null;
      } | null;
      /** @description Unix seconds. */
      created_at: number;
      /** @description Unix seconds. */
      updated_at: number;
      /** @description Signs what is delivered. */
      secret: string;
      /** @description Until when each older secret signs too. */
      old_secrets_until: (number | null)[];
    };
    /**
     * WhatsAppVersion
     * @description The WhatsApp Web that the device says it is, or said last; null before its first connection.
     */
    WhatsAppVersion: {
      /** @description As WhatsApp counts: `2.3000.1043857760`. */
      version: string;
      checked_at: number | null;
      expires_at: number | null;
      /** @description Nothing shows that phones still link it. */
      may_be_too_old: boolean;
    };
  };
  responses: {
    /** @description A field or parameter is missing or wrong; the sentence names it */
    connection400: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["ConnectionFailure"];
      };
    };
    /** @description No key or an unknown one */
    connection403: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["ConnectionFailure"];
      };
    };
    /** @description Absent, or somebody else's */
    connection404: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["ConnectionFailure"];
      };
    };
    /** @description Too many requests; `Retry-After` says when again */
    connection429: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["ConnectionFailure"];
      };
    };
    /** @description A fault on our side */
    connection500: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["ConnectionFailure"];
      };
    };
    /** @description Not possible just now; nothing was lost */
    connection503: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["ConnectionFailure"];
      };
    };
    /** @description The body is too large, or has too many parts */
    connection413: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["ConnectionFailure"];
      };
    };
    /** @description A field or parameter is missing or wrong; the sentence names it */
    v1400: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description No key or an unknown one */
    v1401: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The key may not do this */
    v1403: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Absent, or somebody else's */
    v1404: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Too many requests; `Retry-After` says when again */
    v1429: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description A fault on our side */
    v1500: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Not possible just now; nothing was lost */
    v1503: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The body is too large, or has too many parts */
    v1413: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description A field or parameter is missing or wrong; the sentence names it */
    admin400: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description No key or an unknown one */
    admin401: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The key may not do this */
    admin403: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Absent, or somebody else's */
    admin404: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Too many requests; `Retry-After` says when again */
    admin429: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description A fault on our side */
    admin500: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Not possible just now; nothing was lost */
    admin503: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The body is too large, or has too many parts */
    admin413: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description A field or parameter is missing or wrong; the sentence names it */
    plugins400: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description No key or an unknown one */
    plugins401: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The key may not do this */
    plugins403: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Absent, or somebody else's */
    plugins404: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Too many requests; `Retry-After` says when again */
    plugins429: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description A fault on our side */
    plugins500: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Not possible just now; nothing was lost */
    plugins503: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The body is too large, or has too many parts */
    plugins413: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description A field or parameter is missing or wrong; the sentence names it */
    devices400: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description No key or an unknown one */
    devices401: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description The key may not do this */
    devices403: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description Absent, or somebody else's */
    devices404: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description Too many requests; `Retry-After` says when again */
    devices429: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description A fault on our side */
    devices500: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description Not possible just now; nothing was lost */
    devices503: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description The body is too large, or has too many parts */
    devices413: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["DevicesFailure"];
      };
    };
    /** @description A field or parameter is missing or wrong; the sentence names it */
    gateway400: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description No key or an unknown one */
    gateway401: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The key may not do this */
    gateway403: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Absent, or somebody else's */
    gateway404: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Too many requests; `Retry-After` says when again */
    gateway429: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description A fault on our side */
    gateway500: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description Not possible just now; nothing was lost */
    gateway503: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        "Retry-After": components["headers"]["RetryAfter"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
    /** @description The body is too large, or has too many parts */
    gateway413: {
      headers: {
        "X-Request-Id": components["headers"]["RequestId"];
        "RateLimit-Limit": components["headers"]["RateLimit"];
        "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
        "RateLimit-Reset": components["headers"]["RateLimitReset"];
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["Failure"];
      };
    };
  };
  parameters: {
    /** @description Of an admin key: the tenant to act in. */
    Tenant: string;
  };
  requestBodies: never;
  headers: {
    /** @description Calls of this key that may come at once, after a pause. Absent where there is no limit. */
    RateLimit: number;
    /** @description How many of them are left. */
    RateLimitRemaining: number;
    /** @description Seconds until all of them are there again. */
    RateLimitReset: number;
    /** @description Names the call in the log. Send your own, and it is kept. */
    RequestId: string;
    /** @description Seconds after which trying again makes sense. */
    RetryAfter: number;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  connectionStatus: {
    requestBody?: never;
    responses: {
      /** @description The present state */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["ConnectionStatus"];
          };
        };
      };
      400: components["responses"]["connection400"];
      403: components["responses"]["connection403"];
      404: components["responses"]["connection404"];
      429: components["responses"]["connection429"];
      500: components["responses"]["connection500"];
      503: components["responses"]["connection503"];
    };
  };
  connectionQr: {
    requestBody?: never;
    responses: {
      /** @description The QR code's text, or a picture */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["ConnectionQr"];
          };
          "image/png": string;
          "image/svg+xml": string;
        };
      };
      400: components["responses"]["connection400"];
      403: components["responses"]["connection403"];
      /** @description There is none just now; the sentence says why and what to do */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ConnectionFailure"];
        };
      };
      /** @description WhatsApp wants a passkey first */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ConnectionFailure"];
        };
      };
      429: components["responses"]["connection429"];
      500: components["responses"]["connection500"];
      503: components["responses"]["connection503"];
    };
  };
  connectionPairingCode: {
    requestBody?: never;
    responses: {
      /** @description The code to type on the phone */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["ConnectionPairingCode"];
          };
        };
      };
      400: components["responses"]["connection400"];
      403: components["responses"]["connection403"];
      /** @description There is none just now */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ConnectionFailure"];
        };
      };
      /** @description WhatsApp wants a passkey first */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ConnectionFailure"];
        };
      };
      429: components["responses"]["connection429"];
      500: components["responses"]["connection500"];
      503: components["responses"]["connection503"];
    };
  };
  connectionNewPairingCode: {
    requestBody: {
      content: {
        "application/json": {
          /** @description digits with country code, e.g. "628123456789" */
          phoneNumber: string;
        };
      };
    };
    responses: {
      /** @description The code to type on the phone */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            message: string;
            instruction: string;
            data: components["schemas"]["ConnectionPairingCode"];
          };
        };
      };
      400: components["responses"]["connection400"];
      403: components["responses"]["connection403"];
      404: components["responses"]["connection404"];
      /** @description The bot is linked already */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ConnectionFailure"];
        };
      };
      413: components["responses"]["connection413"];
      /** @description WhatsApp refuses this number */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ConnectionFailure"];
        };
      };
      429: components["responses"]["connection429"];
      500: components["responses"]["connection500"];
      503: components["responses"]["connection503"];
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ConnectionFailure"];
        };
      };
    };
  };
  connectionDisconnect: {
    requestBody?: never;
    responses: {
      /** @description Logged out */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["connection400"];
      403: components["responses"]["connection403"];
      404: components["responses"]["connection404"];
      429: components["responses"]["connection429"];
      500: components["responses"]["connection500"];
      503: components["responses"]["connection503"];
    };
  };
  listDevices: {
    parameters: {
      query?: {
        /** @description those of one `device_group` */
        group?: string;
        /** @description one of disconnected, connecting, pairing, connected, failed */
        status?: "disconnected" | "connecting" | "pairing" | "connected" | "failed";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody?: never;
    responses: {
      /** @description All that are meant */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Device"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  createDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description letters, digits, _ and -, e.g. "shop-1" */
          device_id: string;
          /** @description a name for people, of up to 100 characters */
          label?: string;
          /** @description the group it belongs to: letters, digits, _ and -, e.g. "jakarta" */
          device_group?: string;
          /** @description the address of the proxy that it leaves by, e.g. http://user:password@proxy.example.com:8080 or socks5://10.0.0.5:1080 */
          proxy?: string;
        };
      };
    };
    responses: {
      /** @description Made; start it to link it */
      201: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Device"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description There is one of that id, or the tenant has as many as it may */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The device */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Device"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  deleteDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Removed */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  updateDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a name for people, of up to 100 characters, or null for none */
          label?: string | null;
          /** @description the group it belongs to: letters, digits, _ and -, e.g. "jakarta", or null for none */
          device_group?: string | null;
          /** @description the address of the proxy that it leaves by, e.g. http://user:password@proxy.example.com:8080 or socks5://10.0.0.5:1080, or null for none */
          proxy?: string | null;
        };
      };
    };
    responses: {
      /** @description The device */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Device"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  startDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is starting */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["StartedDevice"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  requestQrCode: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The QR code as a picture and as its text */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["QrCode"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device is linked already */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      /** @description The device is not running, or WhatsApp gave none in time */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  requestPairingCode: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description digits with country code, e.g. "628123456789" */
          phone_number: string;
        };
      };
    };
    responses: {
      /** @description The code */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PairingCode"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device is linked already */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refuses this number */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      /** @description The device is not running, or WhatsApp gave none in time */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  createQrLink: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: {
      content: {
        "application/json": {
          /** @description 60 to 3600 seconds */
          lifetime?: number;
        };
      };
    };
    responses: {
      /** @description The link; good for `lifetime` seconds (600), until a restart at the latest */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["QrLink"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getDeviceHealth: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Its health */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["DeviceHealth"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  stopDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Stopped */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  logoutDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Logged out */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getDeviceRetention: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description How long */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["DeviceRetention"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  updateDeviceRetention: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description days events are kept, or null for what is usual */
          event_days?: number | null;
          /** @description days chats and files are kept, or null for what is usual */
          history_days?: number | null;
        };
      };
    };
    responses: {
      /** @description How long */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["DeviceRetention"];
          };
        };
      };
      /** @description It is more than its tenant has */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listMessages: {
    parameters: {
      query?: {
        /** @description one of queued, waiting, sending, sent, failed, cancelled */
        state?: "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled";
        /** @description one of scheduled, time_locked, asking_whatsapp, capped, contact_held, restricted */
        reason?: "scheduled" | "time_locked" | "asking_whatsapp" | "capped" | "contact_held" | "restricted";
        /** @description how far it got, with commas: delivered,read */
        status?: (
          "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled" | "delivered" | "read" | "played"
        )[];
        /** @description one chat: a phone number, JID, LID or group id */
        chat?: string;
        /** @description kinds of messages with commas: text,image */
        kind?: (
          | "text"
          | "image"
          | "video"
          | "gif"
          | "video_note"
          | "audio"
          | "voice"
          | "document"
          | "sticker"
          | "sticker_pack"
          | "location"
          | "live_location"
          | "contacts"
          | "group_invite"
          | "channel_invite"
          | "poll"
          | "poll_result"
          | "event"
          | "product"
          | "order"
          | "payment"
          | "menu"
          | "choice"
          | "call"
          | "album"
          | "status_notice"
          | "music"
          | "scheduled"
          | "history_shared"
          | "phone_request"
          | "unsupported"
        )[];
        /** @description Unix seconds: at the earliest */
        since?: number;
        /** @description Unix seconds: at the latest */
        until?: number;
        /** @description a whole number from 1 to 500 */
        limit?: number;
        /** @description what an earlier answer gave as `cursor` */
        cursor?: string;
        /** @description true: `total` says how many there are in all */
        count?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"][];
            /** @description Leads to the next page; null at the end. */
            cursor: string | null;
            /** @description With `count=true`. */
            total?: number;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  sendMessage: {
    parameters: {
      header?: {
        /** @description A word of yours for this call. The same one with the same body does nothing again and has the same answer, for 14 days. */
        "Idempotency-Key"?: string;
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a phone number with country code ("628123456789"), a username ("@ann.w"), a JID, a LID or a group id */
          to: string;
          /** @description a text of 1 to 65,536 characters */
          text?: string;
          content?: components["schemas"]["DraftContent"];
          /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
          reply_to?:
            | string
            | {
                id: string;
                sender?: string;
                from_me?: boolean;
                server_id?: number;
              };
          /** @description up to 1,024 phone numbers, JIDs, LIDs or usernames; write @ and the digits, or the username, in the text where each belongs */
          mentions?: string[];
          /** @description notifies every member of a group */
          mentions_everyone?: boolean;
          /** @description for status@broadcast: the phone numbers, JIDs, LIDs or usernames who may see the post */
          audience?: string[];
          /** @description image, video, audio and voice only */
          view_once?: boolean;
          /** @description seconds, up to 7776000; the chat's timer */
          expires_in?: number;
          /** @description seconds, 1 to 2592000, within which it must leave; else it fails with the code `expired` */
          max_wait?: number;
          /** @description Unix seconds, up to 365 days ahead: when it is to leave; `max_wait` counts from then */
          send_at?: number;
        };
        "multipart/form-data": {
          /** @description a phone number with country code ("628123456789"), a username ("@ann.w"), a JID, a LID or a group id */
          to: string;
          /** @description a text of 1 to 65,536 characters */
          text?: string;
          /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
          reply_to?:
            | string
            | {
                id: string;
                sender?: string;
                from_me?: boolean;
                server_id?: number;
              };
          /** @description up to 1,024 phone numbers, JIDs, LIDs or usernames; write @ and the digits, or the username, in the text where each belongs */
          mentions?: string[];
          /** @description notifies every member of a group */
          mentions_everyone?: boolean;
          /** @description for status@broadcast: the phone numbers, JIDs, LIDs or usernames who may see the post */
          audience?: string[];
          /** @description image, video, audio and voice only */
          view_once?: boolean;
          /** @description seconds, up to 7776000; the chat's timer */
          expires_in?: number;
          /** @description seconds, 1 to 2592000, within which it must leave; else it fails with the code `expired` */
          max_wait?: number;
          /** @description Unix seconds, up to 365 days ahead: when it is to leave; `max_wait` counts from then */
          send_at?: number;
          /**
           * Format: binary
           * @description in a form: the file to send, with `kind` and `caption` beside it; several are an album
           * @default File
           */
          file?: string;
          /** @description in a form: image, video, gif, video_note, audio, voice, document, sticker; album for several files */
          kind?: string;
          /** @description in a form: what stands below the file, up to 4,096 characters */
          caption?: string;
        };
      };
    };
    responses: {
      /** @description It is on disk and will be sent; `message.sent` or `message.failed` tells the end */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the idempotency key came with another body */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description Too much is waiting; `Retry-After` says how long */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  cancelMessage: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It will not be sent */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such message */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It is on its way, settled or unanswered */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  releaseMessage: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It leaves in its turn */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such message */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It does not wait */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  retryMessage: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A message of its own, with the same words */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such message */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It has not failed, or does not say anything by itself */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description What it said is kept no longer */
      410: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too much is waiting; `Retry-After` says how long */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getMessage: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The message */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such message */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  rescheduleMessage: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description Unix seconds, up to 365 days ahead: when it is to leave; `max_wait` counts from then */
          send_at: number;
        };
      };
    };
    responses: {
      /** @description It waits for that moment */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"];
          };
        };
      };
      /** @description A moment that has passed, or is more than a year away */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such message */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It is not scheduled */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listMessagesOfAllDevices: {
    parameters: {
      query?: {
        /** @description one of queued, waiting, sending, sent, failed, cancelled */
        state?: "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled";
        /** @description one of scheduled, time_locked, asking_whatsapp, capped, contact_held, restricted */
        reason?: "scheduled" | "time_locked" | "asking_whatsapp" | "capped" | "contact_held" | "restricted";
        /** @description a whole number from 1 to 500 */
        limit?: number;
        /** @description what an earlier answer gave as `cursor` */
        cursor?: string;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"][];
            /** @description Leads to the next page; null at the end. */
            cursor: string | null;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  importDevice: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description an object of files, each as its text, by its name in the folder: "creds.json" and the others */
          files: {
            [key: string]: string;
          };
          /** @description true once the other server is stopped */
          stopped?: boolean;
          /** @description true to be told what would come along, and change nothing */
          dry_run?: boolean;
        };
      };
    };
    responses: {
      /** @description What came along; start the device to connect it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["ImportedDevice"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description An account is linked to this device already */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getPasskeyCeremony: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The ceremony that runs */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PasskeyCeremony"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description WhatsApp asks for no passkey just now, or it is not the time for this */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  createPasskeyLink: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The link; good for ten minutes and this one attempt */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PasskeyLink"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description WhatsApp asks for no passkey just now, or it is not the time for this */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  cancelPasskeyCeremony: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Ended */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description WhatsApp asks for no passkey just now, or it is not the time for this */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  signWithPasskey: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description what navigator.credentials.get gave on web.whatsapp.com, as toJSON() writes it */
          assertion: {
            /** @description the credential's id in base64url */
            id: string;
            /** @description the credential's id in base64url */
            rawId: string;
            /** @description "public-key" */
            type: string;
            /** @description an object with clientDataJSON, authenticatorData and signature */
            response: {
              /** @description clientDataJSON in base64url */
              clientDataJSON: string;
              /** @description authenticatorData in base64url */
              authenticatorData: string;
              /** @description the signature in base64url */
              signature: string;
              userHandle?: string | null;
            };
            authenticatorAttachment?: unknown;
            clientExtensionResults?: unknown;
          };
        };
      };
    };
    responses: {
      /** @description Taken */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description WhatsApp asks for no passkey just now, or it is not the time for this */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  confirmPasskeyCode: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description true when the phone shows the same code, false when it does not */
          same: boolean;
        };
      };
    };
    responses: {
      /** @description Taken */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description WhatsApp asks for no passkey just now, or it is not the time for this */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listBulks: {
    parameters: {
      query?: {
        /** @description a whole number from 1 to 500 */
        limit?: number;
        /** @description what an earlier answer gave as `cursor` */
        cursor?: string;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Bulk"][];
            /** @description Leads to the next page; null at the end. */
            cursor: string | null;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  sendBulk: {
    parameters: {
      header?: {
        /** @description A word of yours for this call. The same one with the same body does nothing again and has the same answer, for 14 days. */
        "Idempotency-Key"?: string;
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description 1 to 10000 phone numbers, JIDs, LIDs or group ids, each once */
          to?: string[];
          /** @description a text of 1 to 65,536 characters */
          text?: string;
          content?: components["schemas"]["DraftContent"];
          /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
          reply_to?:
            | string
            | {
                id: string;
                sender?: string;
                from_me?: boolean;
                server_id?: number;
              };
          /** @description up to 1,024 phone numbers, JIDs, LIDs or usernames; write @ and the digits, or the username, in the text where each belongs */
          mentions?: string[];
          /** @description notifies every member of a group */
          mentions_everyone?: boolean;
          /** @description for status@broadcast: the phone numbers, JIDs, LIDs or usernames who may see the post */
          audience?: string[];
          /** @description image, video, audio and voice only */
          view_once?: boolean;
          /** @description seconds, up to 7776000; the chat's timer */
          expires_in?: number;
          /** @description seconds, 1 to 2592000, within which it must leave; else it fails with the code `expired` */
          max_wait?: number;
          /** @description Unix seconds, up to 365 days ahead: when it is to leave; `max_wait` counts from then */
          send_at?: number;
          /** @description 1 to 10000 messages of { to, text } or { to, content }, instead of "to" */
          messages?: {
            /** @description a phone number with country code ("628123456789"), a username ("@ann.w"), a JID, a LID or a group id */
            to: string;
            /** @description a text of 1 to 65,536 characters */
            text?: string;
            content?: components["schemas"]["DraftContent"];
            /** @description the id of a message of that chat, as the event or the send call gave it; { id, sender, from_me } for one this server has never seen, { id, server_id } for such a post */
            reply_to?:
              | string
              | {
                  id: string;
                  sender?: string;
                  from_me?: boolean;
                  server_id?: number;
                };
            /** @description up to 1,024 phone numbers, JIDs, LIDs or usernames; write @ and the digits, or the username, in the text where each belongs */
            mentions?: string[];
            /** @description notifies every member of a group */
            mentions_everyone?: boolean;
            /** @description for status@broadcast: the phone numbers, JIDs, LIDs or usernames who may see the post */
            audience?: string[];
            /** @description image, video, audio and voice only */
            view_once?: boolean;
            /** @description seconds, up to 7776000; the chat's timer */
            expires_in?: number;
            /** @description seconds, 1 to 2592000, within which it must leave; else it fails with the code `expired` */
            max_wait?: number;
            /** @description Unix seconds, up to 365 days ahead: when it is to leave; `max_wait` counts from then */
            send_at?: number;
          }[];
          /** @description seconds between two of them, 1 to 86400 */
          interval?: number;
        };
      };
    };
    responses: {
      /** @description All of it is on disk. `bulk.progress` tells how it gets on, `bulk.done` the end */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Bulk"];
          };
        };
      };
      /** @description Something of it cannot be sent; nothing was queued. `rows` names up to 50 of them */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the idempotency key came with another body */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description The queue has no room for all of it; `Retry-After` says when to try again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getBulk: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The bulk's id. */
        bulk: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The bulk */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Bulk"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such bulk */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listBulkMessages: {
    parameters: {
      query?: {
        /** @description one of queued, waiting, sending, sent, failed, cancelled, delivered, read, played */
        status?: "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled" | "delivered" | "read" | "played";
        /** @description a whole number from 1 to 500 */
        limit?: number;
        /** @description what an earlier answer gave as `cursor` */
        cursor?: string;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The bulk's id. */
        bulk: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"][];
            /** @description Leads to the next page; null at the end. */
            cursor: string | null;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such bulk */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  cancelBulk: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The bulk's id. */
        bulk: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description What was on its way goes on; nothing else of it will be sent */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Bulk"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such bulk */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Nothing is left to take back */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  sendTable: {
    parameters: {
      query?: {
        /** @description the text of every row; {{name}} is the row's cell below that name */
        text?: string;
        /** @description what stands below the file of every row; {{name}} as in a text */
        caption?: string;
        /** @description the kind of file that every row gets, as image or document */
        kind?: string;
        /** @description where the file of every row is fetched */
        url?: string;
        /** @description the file of every row, uploaded before */
        media_id?: string;
        /** @description seconds between two of them, 1 to 86400 */
        interval?: number;
        /** @description Unix seconds, up to 365 days ahead: when it is to leave */
        send_at?: number;
        /** @description seconds, 1 to 2592000, within which each must leave */
        max_wait?: number;
        /** @description true to see what would be sent, and to send nothing */
        preview?: boolean;
      };
      header?: {
        /** @description A word of yours for this call. The same one with the same body does nothing again and has the same answer, for 14 days. */
        "Idempotency-Key"?: string;
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "text/csv": string;
        "multipart/form-data": {
          /** Format: binary */
          file: string;
          /** @description the text of every row; {{name}} is the row's cell below that name */
          text?: string;
          /** @description what stands below the file of every row; {{name}} as in a text */
          caption?: string;
          /** @description the kind of file that every row gets, as image or document */
          kind?: string;
          /** @description where the file of every row is fetched */
          url?: string;
          /** @description the file of every row, uploaded before */
          media_id?: string;
          /** @description seconds between two of them, 1 to 86400 */
          interval?: number;
          /** @description Unix seconds, up to 365 days ahead: when it is to leave */
          send_at?: number;
          /** @description seconds, 1 to 2592000, within which each must leave */
          max_wait?: number;
          /** @description true to see what would be sent, and to send nothing */
          preview?: boolean;
        };
      };
    };
    responses: {
      /** @description With `preview=true`: what would be sent. Nothing was queued */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["BulkPreview"];
          };
        };
      };
      /** @description All of it is on disk and leaves like any other bulk */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Bulk"];
          };
        };
      };
      /** @description Something of it cannot be sent; nothing was queued. `rows` names up to 50 of them */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the idempotency key came with another body */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description The queue has no room for all of it; `Retry-After` says when to try again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getBulkTable: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The bulk's id. */
        bulk: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description number, to, message_id, id, status, reason, error, created_at, sent_at */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "text/csv": string;
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such bulk */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  createMediaLink: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The file's id, `media_id`. */
        media: string;
      };
    };
    requestBody?: {
      content: {
        "application/json": {
          /** @description 60 to 604800 seconds */
          lifetime?: number;
        };
      };
    };
    responses: {
      /** @description The link; good for `lifetime` seconds (3600), until a restart or the end of the key at the latest */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["MediaLink"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getMedia: {
    parameters: {
      header?: {
        /** @description A part of the file: `bytes=0-999`. */
        Range?: string;
        /** @description The `ETag` of an earlier answer. */
        "If-None-Match"?: string;
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The file's id, `media_id`. */
        media: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The bytes, with their type */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "image/*": string;
          "video/*": string;
          "audio/*": string;
          "application/octet-stream": string;
        };
      };
      /** @description The part that Range asks for */
      206: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "image/*": string;
          "video/*": string;
          "audio/*": string;
          "application/octet-stream": string;
        };
      };
      /** @description The caller has it already, as If-None-Match says */
      304: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It was not fetched in time; the sender has to send it again */
      410: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The file has no such part */
      416: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      /** @description WhatsApp's file servers do not answer */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getMediaInfo: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The file's id, `media_id`. */
        media: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The file */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["MediaFile"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getMediaThumbnail: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The file's id, `media_id`. */
        media: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The picture */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "image/jpeg": string;
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is none */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  uploadMedia: {
    parameters: {
      query?: {
        /** @description the file's name, up to 255 characters */
        name?: string;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/octet-stream": string;
        "multipart/form-data": {
          /** Format: binary */
          file: string;
        };
      };
    };
    responses: {
      /** @description It is on disk */
      201: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["MediaFile"];
          };
        };
      };
      /** @description There is no file in the request */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description Larger than MEDIA_MAX_MB */
      413: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listGroups: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Group"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  createGroup: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 100 characters */
          subject: string;
          /** @description 1 to 256 phone numbers, JIDs, LIDs or usernames */
          members: string[];
          /** @description the id of a community, whose group it becomes */
          community?: string;
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["MadeGroup"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  previewGroup: {
    parameters: {
      query: {
        /** @description an invite link or its code */
        code: string;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Group"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  joinGroup: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description an invite link or its code, or the code of a personal invitation */
          code: string;
          /** @description the group, of a personal invitation (group_invite) */
          group?: string;
          /** @description who sent it, of a personal invitation */
          from?: string;
          /** @description Unix seconds, of a personal invitation */
          expires_at?: number;
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              /** @description The group's JID, `1203…@g.us`. */
              id: string;
              /** @description An admin has to agree first. */
              pending: boolean;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getGroup: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Group"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  leaveGroup: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  updateGroup: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 100 characters */
          subject?: string;
          description?: string | null;
          /** @description true or false: whether only admins write */
          announce_only?: boolean;
          /** @description true or false: whether only admins change subject, description and picture */
          locked?: boolean;
          /** @description true or false: whether who comes by the link waits for an admin */
          join_approval?: boolean;
          /** @description true or false: whether every member may add others */
          members_add?: boolean;
          /** @description 0, 86400, 604800 or 7776000 seconds */
          timer?: 0 | 86400 | 604800 | 7776000;
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  changeGroupMembers: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description add, remove, promote, demote
           * @enum {string}
           */
          action: "add" | "remove" | "promote" | "demote";
          /** @description 1 to 256 phone numbers, JIDs, LIDs or usernames */
          members: string[];
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["MemberResult"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getGroupPicture: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              picture: string | null;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  setGroupPicture: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody: {
      content: {
        "image/jpeg": string;
        "image/png": string;
        "image/webp": string;
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  removeGroupPicture: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getGroupInvite: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["GroupInviteLink"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  revokeGroupInvite: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["GroupInviteLink"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listJoinRequests: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["JoinRequest"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  decideJoinRequests: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description approve or reject
           * @enum {string}
           */
          verdict: "approve" | "reject";
          /** @description 1 to 256 phone numbers, JIDs, LIDs or usernames */
          members: string[];
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["MemberResult"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listCommunities: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Group"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  createCommunity: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 100 characters */
          subject: string;
          description?: string | null;
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Group"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  leaveCommunity: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The community's JID, `1203…@g.us`. */
        community: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listCommunityGroups: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The community's JID, `1203…@g.us`. */
        community: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["CommunityGroup"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  linkCommunityGroups: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The community's JID, `1203…@g.us`. */
        community: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description 1 to 100 group ids */
          groups: string[];
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["CommunityLinkResult"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  unlinkCommunityGroup: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The community's JID, `1203…@g.us`. */
        community: string;
        /** @description The group's JID, `1203…@g.us`. */
        group: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["CommunityLinkResult"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listChannels: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Channel"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  createChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 100 characters */
          name: string;
          description?: string | null;
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Channel"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  previewChannel: {
    parameters: {
      query: {
        /** @description a channel link or its code */
        code: string;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Channel"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  searchChannels: {
    parameters: {
      query: {
        /** @description part of a name, 1 to 100 characters */
        words: string;
        /** @description 1 to 100; 20 when left out */
        limit?: number;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Channel"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Channel"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  deleteChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  updateChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 100 characters */
          name?: string;
          description?: string | null;
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  followChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  unfollowChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  muteChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  unmuteChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listChannelPosts: {
    parameters: {
      query?: {
        /** @description 1 to 100; 20 when left out */
        limit?: number;
        /** @description `next` of the page before */
        before?: number;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; `next` is the `before` of the one after it, null at the end */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["ChannelPost"][];
            next: number | null;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  watchChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              /** @description For how long. */
              seconds: number;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  setChannelPicture: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody: {
      content: {
        "image/jpeg": string;
        "image/png": string;
        "image/webp": string;
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  removeChannelPicture: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listFollowers: {
    parameters: {
      query?: {
        /** @description 1 to 100; 20 when left out */
        limit?: number;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              admins: number;
              followers: components["schemas"]["Follower"][];
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  transferChannel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a phone number, JID, LID or username */
          contact: string;
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  demoteChannelAdmin: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The channel's JID, `1203…@newsletter`. */
        channel: string;
        /** @description A phone number, JID or LID. */
        contact: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  checkNumbers: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description 1 to 50 phone numbers */
          phones: string[];
        };
      };
    };
    responses: {
      /** @description What is known now; `request` is null when nothing is pending, else `contacts.checked` names it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["NumberCheck"][];
            request: string | null;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listContacts: {
    parameters: {
      query?: {
        /** @description part of a name or number */
        search?: string;
        /** @description `next` of the page before */
        after?: string;
        /** @description 1 to 500; 50 when left out */
        limit?: number;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; `next` is the `after` of the one after it, null at the end */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Contact"][];
            next: string | null;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listBlocked: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: string[];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getContact: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID or LID. */
        contact: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Person"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  eraseContact: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID or LID. */
        contact: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              messages: number;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  blockContact: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID or LID. */
        contact: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  unblockContact: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID or LID. */
        contact: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  watchPresence: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID or LID. */
        contact: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  exportContact: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID or LID. */
        contact: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The archive */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/x-tar": string;
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getProfile: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OwnProfile"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  updateProfile: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 25 characters */
          name?: string;
          /** @description a text of up to 139 characters */
          about?: string;
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  setProfilePicture: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "image/jpeg": string;
        "image/png": string;
        "image/webp": string;
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  removeProfilePicture: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getPrivacy: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Privacy"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  updatePrivacy: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @enum {string} */
          last?: "all" | "contacts" | "contact_blacklist" | "none";
          /** @enum {string} */
          online?: "all" | "match_last_seen";
          /** @enum {string} */
          profile?: "all" | "contacts" | "contact_blacklist" | "none";
          /** @enum {string} */
          status?: "all" | "contacts" | "contact_blacklist" | "none";
          /** @enum {string} */
          readreceipts?: "all" | "none";
          /** @enum {string} */
          groupadd?: "all" | "contacts" | "contact_blacklist";
          /** @enum {string} */
          calladd?: "all" | "known";
          /** @enum {string} */
          messages?: "all" | "contacts";
          /** @enum {string} */
          disappearing?: "0" | "86400" | "604800" | "7776000";
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listHistory: {
    parameters: {
      query?: {
        /** @description one chat: a phone number, JID, LID, username or group id */
        chat?: string;
        /** @description words to find; the last may be unfinished */
        search?: string;
        /** @description kinds of messages with commas: text,image */
        kind?: (
          | "text"
          | "image"
          | "video"
          | "gif"
          | "video_note"
          | "audio"
          | "voice"
          | "document"
          | "sticker"
          | "sticker_pack"
          | "location"
          | "live_location"
          | "contacts"
          | "group_invite"
          | "channel_invite"
          | "poll"
          | "poll_result"
          | "event"
          | "product"
          | "order"
          | "payment"
          | "menu"
          | "choice"
          | "call"
          | "album"
          | "status_notice"
          | "music"
          | "scheduled"
          | "history_shared"
          | "phone_request"
          | "unsupported"
        )[];
        /** @description in: from others; out: from this account */
        direction?: "in" | "out";
        /** @description Unix seconds: at the earliest */
        since?: number;
        /** @description Unix seconds: at the latest */
        until?: number;
        /** @description newest or oldest first */
        sort?: "newest" | "oldest";
        /** @description `next` of the page before */
        before?: number;
        /** @description with sort=oldest, `next` of the page before */
        after?: number;
        /** @description 1 to 200; 50 when left out */
        limit?: number;
        /** @description true: `total` says how many there are in all */
        count?: "true" | "false";
        /** @description true: with each message as WhatsApp has it */
        raw?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; `next` is the `before` of the one after it, or `after` with sort=oldest, null at the end */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["HistoryMessage"][];
            next: number | null;
            /** @description With `count=true`. */
            total?: number;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description A search, where what was said is sealed */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getHistoryMessage: {
    parameters: {
      query?: {
        /** @description true: with each message as WhatsApp has it */
        raw?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Each of them, oldest first */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["HistoryMessage"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description No message of that id is known here */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listChats: {
    parameters: {
      query?: {
        /** @description `next` of the page before */
        after?: string;
        /** @description part of a name or number */
        search?: string;
        /** @description one of person, group, channel, status */
        kind?: "person" | "group" | "channel" | "status";
        /** @description true: with something unread; false: with nothing */
        unread?: "true" | "false";
        /** @description true: archived; false: not */
        archived?: "true" | "false";
        /** @description the id of a label that it carries */
        label?: string;
        /** @description 1 to 200; 50 when left out */
        limit?: number;
        /** @description true: `total` says how many there are in all */
        count?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; `next` is the `after` of the one after it, null at the end */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Chat"][];
            next: string | null;
            /** @description With `count=true`. */
            total?: number;
          };
        };
      };
      /** @description That is no place in the list */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  requestHistory: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
      };
    };
    requestBody?: {
      content: {
        "application/json": {
          /** @description 1 to 50; 50 when left out */
          count?: number;
        };
      };
    };
    responses: {
      /** @description The phone was asked */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              request: string;
              before: {
                id: string;
                /** @description Unix seconds. */
                timestamp: number;
              };
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description No message of that chat is known here */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  markChatRead: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              messages: number;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  updateChat: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description true or false */
          archived?: boolean;
          /** @description true or false */
          pinned?: boolean;
          /** @description true or false */
          unread?: boolean;
          muted_until?: number | null;
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  starMessage: {
    parameters: {
      query?: {
        /** @description who wrote it, where an id is not enough: a phone number, JID, LID or username */
        sender?: string;
        /** @description true: this account's own, where an id is not enough; false: not its own */
        from_me?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  unstarMessage: {
    parameters: {
      query?: {
        /** @description who wrote it, where an id is not enough: a phone number, JID, LID or username */
        sender?: string;
        /** @description true: this account's own, where an id is not enough; false: not its own */
        from_me?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  deleteMessageForMe: {
    parameters: {
      query?: {
        /** @description who wrote it, where an id is not enough: a phone number, JID, LID or username */
        sender?: string;
        /** @description true: this account's own, where an id is not enough; false: not its own */
        from_me?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  setTyping: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description composing, recording, paused
           * @enum {string}
           */
          state: "composing" | "recording" | "paused";
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  setPresence: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description true or false */
          online: boolean;
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  rejectCall: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The call's id, as `call.received` tells it. */
        call: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description the caller, as call.received tells it */
          from: string;
        };
      };
    };
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listLabels: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["LabelWithCounts"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  createLabel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 100 characters */
          name: string;
          /** @description 0 to 19: a place in WhatsApp's palette */
          color?: number;
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Label"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getLabel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The label's id. */
        label: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description As it is remembered */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["LabelWithUses"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  deleteLabel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The label's id. */
        label: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  updateLabel: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The label's id. */
        label: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a text of 1 to 100 characters */
          name?: string;
          /** @description 0 to 19: a place in WhatsApp's palette */
          color?: number;
        };
      };
    };
    responses: {
      /** @description As WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Label"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  labelChat: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The label's id. */
        label: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  unlabelChat: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The label's id. */
        label: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  labelMessage: {
    parameters: {
      query?: {
        /** @description who wrote it, where an id is not enough: a phone number, JID, LID or username */
        sender?: string;
        /** @description true: this account's own, where an id is not enough; false: not its own */
        from_me?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The label's id. */
        label: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  unlabelMessage: {
    parameters: {
      query?: {
        /** @description who wrote it, where an id is not enough: a phone number, JID, LID or username */
        sender?: string;
        /** @description true: this account's own, where an id is not enough; false: not its own */
        from_me?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
        /** @description The label's id. */
        label: string;
        /** @description A phone number, JID, LID or group id. */
        chat: string;
        /** @description The message's id. */
        message: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is done */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description The device has no account yet, or the state of things forbids it */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp refused */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many of these; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      500: components["responses"]["v1500"];
      /** @description Not connected just now */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp did not answer */
      504: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listDeviceEvents: {
    parameters: {
      query?: {
        /** @description the seq behind which to read; 0 is from the start */
        after?: number;
        /** @description a whole number from 1 to 500 */
        limit?: number;
        /** @description true: with each message as WhatsApp has it */
        raw?: "true" | "false";
        /** @description event types and families with commas: message.received,device.* */
        types?: string[];
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; its `after` continues */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Event"][];
            after: number;
            /** @description With `?raw=true`: the messages that came or left, by the ids of their events; null of what is not kept. */
            raw?: {
              [key: string]: components["schemas"]["RawMessage"] | null;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description What is asked for was pruned */
      410: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listEvents: {
    parameters: {
      query?: {
        /** @description what an earlier answer gave as `cursor` */
        cursor?: string;
        /** @description ids of devices with commas */
        devices?: string[];
        /** @description the last so many, up to 500 */
        latest?: number;
        /** @description a whole number from 1 to 500 */
        limit?: number;
        /** @description true: with each message as WhatsApp has it */
        raw?: "true" | "false";
        /** @description event types and families with commas: message.received,device.* */
        types?: string[];
      };
      header?: {
        /** @description Of a stream: the cursor to continue behind. */
        "Last-Event-ID"?: string;
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; its `cursor` continues. As a stream: each event with the cursor as its `id` */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Event"][];
            /** @description Continues behind the last of them; also where there are no more yet. */
            cursor: string;
            /** @description With `?raw=true`: the messages that came or left, by the ids of their events; null of what is not kept. */
            raw?: {
              [key: string]: components["schemas"]["RawMessage"] | null;
            };
          };
          "text/event-stream": string;
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description What is asked for was pruned */
      410: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getEvent: {
    parameters: {
      query?: {
        /** @description true: with each message as WhatsApp has it */
        raw?: "true" | "false";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The event's id. */
        event: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The event */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Event"];
            /** @description With `?raw=true`: the messages that came or left, by the ids of their events; null of what is not kept. */
            raw?: {
              [key: string]: components["schemas"]["RawMessage"] | null;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Nobody knows it */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listEventDeliveries: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The event's id. */
        event: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description One for each */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["EventDelivery"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Nobody knows it */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listEventPlugins: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The event's id. */
        event: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description One for each */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginDelivery"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      /** @description Not the admin's key */
      403: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Nobody knows it */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listEventTypes: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody?: never;
    responses: {
      /** @description The types */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["EventType"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getEventType: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The event's type. */
        type: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The description */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["EventDescription"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description There is no such event */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listWebhooks: {
    parameters: {
      query?: {
        /** @description one of active, paused, disabled */
        status?: "active" | "paused" | "disabled";
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody?: never;
    responses: {
      /** @description The webhooks */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Webhook"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  createWebhook: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description an address like https://example.com/hook */
          url: string;
          description?: string | null;
          /** @description types, families or everything: ["message.*", "device.connected"] or ["*"] */
          events?: string[];
          devices?: string[] | null;
          device_groups?: string[] | null;
          /** @description true: what it answers to an event is sent into the chat of the event */
          replies?: boolean;
          /** @description true: events of messages carry the message as WhatsApp has it */
          raw?: boolean;
          batch?: {
            /** @description 1 to 100 events in one list */
            events?: number;
            /** @description 50 to 60000 milliseconds */
            wait_ms?: number;
          } | null;
          burst?: {
            /** @description 200 to 60000 milliseconds */
            pause_ms?: number;
            /** @description 200 to 300000 milliseconds */
            longest_ms?: number;
            /** @description 1 to 100 events in one list */
            events?: number;
          } | null;
          /** @description 0 to 1024 kilobytes: files up to this stand in the event */
          inline_kb?: number;
          chats?: ("person" | "group" | "channel" | "status")[] | null;
          /** @description an object of headers sent with every delivery */
          headers?: {
            [key: string]: string;
          };
          /** @description "whsec_" and base64, or a text of 8 to 256 bytes */
          secret?: string;
        };
      };
    };
    responses: {
      /** @description It gets every event from now on */
      201: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["WebhookWithSecret"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      /** @description As many as a tenant may have */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getWebhook: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The webhook */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["WebhookWithFigures"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  deleteWebhook: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is gone */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The webhook is the operator's, of WEBHOOK_URL */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  updateWebhook: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description an address like https://example.com/hook */
          url?: string;
          description?: string | null;
          /** @description types, families or everything: ["message.*", "device.connected"] or ["*"] */
          events?: string[];
          devices?: string[] | null;
          device_groups?: string[] | null;
          /** @description true: what it answers to an event is sent into the chat of the event */
          replies?: boolean;
          /** @description true: events of messages carry the message as WhatsApp has it */
          raw?: boolean;
          batch?: {
            /** @description 1 to 100 events in one list */
            events?: number;
            /** @description 50 to 60000 milliseconds */
            wait_ms?: number;
          } | null;
          burst?: {
            /** @description 200 to 60000 milliseconds */
            pause_ms?: number;
            /** @description 200 to 300000 milliseconds */
            longest_ms?: number;
            /** @description 1 to 100 events in one list */
            events?: number;
          } | null;
          /** @description 0 to 1024 kilobytes: files up to this stand in the event */
          inline_kb?: number;
          chats?: ("person" | "group" | "channel" | "status")[] | null;
          /** @description an object of headers sent with every delivery */
          headers?: {
            [key: string]: string;
          };
          /** @description "whsec_" and base64, or a text of 8 to 256 bytes */
          secret?: string;
        };
      };
    };
    responses: {
      /** @description The webhook as it is now */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Webhook"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The webhook is the operator's, of WEBHOOK_URL */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getWebhookSecret: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The present secret */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              secret: string;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  rotateWebhookSecret: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: {
      content: {
        "application/json": {
          /** @description "whsec_" and base64, or a text of 8 to 256 bytes */
          secret?: string;
          /** @description seconds, up to 30 days */
          overlap?: number;
        };
      };
    };
    responses: {
      /** @description The webhook with its new secret */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["WebhookWithSecret"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The webhook is the operator's, of WEBHOOK_URL */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  testWebhook: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description What the receiver made of it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["WebhookTest"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  pauseWebhook: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The webhook as it is now */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Webhook"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It is disabled */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  resumeWebhook: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The webhook as it is now */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Webhook"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listDeliveries: {
    parameters: {
      query?: {
        /** @description some of blocked, due, running, delivered, dead, with commas */
        status?: ("blocked" | "due" | "running" | "delivered" | "dead")[];
        /** @description event types and families with commas */
        types?: string[];
        /** @description ids of devices with commas */
        devices?: string[];
        /** @description Unix seconds: when the events happened at the earliest */
        since?: number;
        /** @description Unix seconds: when they happened at the latest */
        until?: number;
        /** @description what the page before gave as `before` */
        before?: number;
        /** @description a whole number from 1 to 500 */
        limit?: number;
      };
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; `before` asks for the next, null ends */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Delivery"][];
            before: number | null;
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getDelivery: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
        /** @description The event's id. */
        event: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description What it waits for or why it is dead, and every attempt */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["DeliveryHistory"];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  redeliverEvent: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
        /** @description The event's id. */
        event: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is due */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It is on its way */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  redeliverEvents: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
      path: {
        /** @description The webhook's id. */
        webhook: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description Unix seconds */
          since: number;
          /** @description Unix seconds; now, if left out */
          until?: number;
          /** @description which to make again: ["dead"], ["dead", "delivered"] */
          status?: ("delivered" | "dead")[];
          /** @description true: also events that were never owed to this webhook */
          missing?: boolean;
        };
      };
    };
    responses: {
      /** @description How many are due now */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              count: number;
            };
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      /** @description Absent, or somebody else's */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["v1413"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  getUsage: {
    parameters: {
      header?: {
        /** @description Of an admin key: the tenant to act in. */
        "X-Tenant"?: components["parameters"]["Tenant"];
      };
    };
    requestBody?: never;
    responses: {
      /** @description Each of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["BudgetUse"][];
          };
        };
      };
      400: components["responses"]["v1400"];
      401: components["responses"]["v1401"];
      403: components["responses"]["v1403"];
      404: components["responses"]["v1404"];
      429: components["responses"]["v1429"];
      500: components["responses"]["v1500"];
      503: components["responses"]["v1503"];
    };
  };
  listTenants: {
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Tenant"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  createTenant: {
    requestBody: {
      content: {
        "application/json": {
          /** @description letters, digits, _ and -, e.g. "acme" */
          id: string;
          /** @description a name for people, of 1 to 100 characters */
          name?: string;
          /** @description a number of devices, or null for no limit */
          device_limit?: number | null;
          /** @description an object of budgets and their limits */
          limits?: {
            /** @description a whole number for bytes_in_flight, or null for no limit */
            bytes_in_flight?: number | null;
            /** @description a whole number for sockets, or null for no limit */
            sockets?: number | null;
            /** @description a whole number for requests_per_second, or null for no limit */
            requests_per_second?: number | null;
            /** @description a whole number for sign_ins_per_minute, or null for no limit */
            sign_ins_per_minute?: number | null;
            /** @description a whole number for queued_messages, or null for no limit */
            queued_messages?: number | null;
            /** @description a whole number for queued_bytes, or null for no limit */
            queued_bytes?: number | null;
            /** @description a whole number for media_bytes, or null for no limit */
            media_bytes?: number | null;
            /** @description a whole number for event_bytes, or null for no limit */
            event_bytes?: number | null;
            /** @description a whole number for history_bytes, or null for no limit */
            history_bytes?: number | null;
            /** @description a whole number for audit_rows, or null for no limit */
            audit_rows?: number | null;
          };
          /** @description the address of the proxy for devices without one of their own, e.g. http://user:password@proxy.example.com:8080 or socks5://10.0.0.5:1080, or null for none */
          proxy?: string | null;
          /** @description true: events and messages carry links to their files, for whoever has no key */
          media_links?: boolean;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Tenant"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      /** @description There is one of that id */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  deleteTenant: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Removed */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It has devices */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  updateTenant: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a name for people, of 1 to 100 characters */
          name?: string;
          /** @description a number of devices, or null for no limit */
          device_limit?: number | null;
          /** @description an object of budgets and their limits */
          limits?: {
            /** @description a whole number for bytes_in_flight, or null for no limit */
            bytes_in_flight?: number | null;
            /** @description a whole number for sockets, or null for no limit */
            sockets?: number | null;
            /** @description a whole number for requests_per_second, or null for no limit */
            requests_per_second?: number | null;
            /** @description a whole number for sign_ins_per_minute, or null for no limit */
            sign_ins_per_minute?: number | null;
            /** @description a whole number for queued_messages, or null for no limit */
            queued_messages?: number | null;
            /** @description a whole number for queued_bytes, or null for no limit */
            queued_bytes?: number | null;
            /** @description a whole number for media_bytes, or null for no limit */
            media_bytes?: number | null;
            /** @description a whole number for event_bytes, or null for no limit */
            event_bytes?: number | null;
            /** @description a whole number for history_bytes, or null for no limit */
            history_bytes?: number | null;
            /** @description a whole number for audit_rows, or null for no limit */
            audit_rows?: number | null;
          };
          /** @description the address of the proxy for devices without one of their own, e.g. http://user:password@proxy.example.com:8080 or socks5://10.0.0.5:1080, or null for none */
          proxy?: string | null;
          /** @description true: events and messages carry links to their files, for whoever has no key */
          media_links?: boolean;
        };
      };
    };
    responses: {
      /** @description Changed */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Tenant"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  getTenantUsage: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Each of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["BudgetUse"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  getTenantRetention: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description How long */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["TenantRetention"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  updateTenantRetention: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description days events are kept, or null for what is usual */
          event_days?: number | null;
          /** @description days chats and files are kept, or null for what is usual */
          history_days?: number | null;
          /**
           * @description keep or until_delivered
           * @enum {string}
           */
          contents?: "keep" | "until_delivered";
        };
      };
    };
    responses: {
      /** @description How long */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["TenantRetention"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listTenantDevices: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["TenantDevice"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  createTenantDevice: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description letters, digits, _ and -, e.g. "shop-1" */
          device_id: string;
          /** @description a name for people, of 1 to 100 characters */
          label?: string;
          /** @description the address of its proxy, e.g. http://user:password@proxy.example.com:8080 or socks5://10.0.0.5:1080 */
          proxy?: string;
        };
      };
    };
    responses: {
      /** @description Made; it is started by the tenant */
      201: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["TenantDevice"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It is there, or the tenant has as many as it may */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  exportTenantDevice: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description 12 characters or more, which open the file */
          passphrase: string;
          /**
           * @description one of merpati, baileys
           * @enum {string}
           */
          form?: "merpati" | "baileys";
        };
      };
    };
    responses: {
      /** @description The device; whoever opens it is the account */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["ExportedDevice"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant or device */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It is not stopped, or not linked */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  deleteTenantDevice: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Removed */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant or device */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listAllDevices: {
    parameters: {
      query?: {
        /** @description the id of a tenant; left out for every tenant */
        tenant?: string;
        /** @description one of stopped, starting, pairing, passkey_required, connected, waiting, restricted, failed, logged_out */
        phase?:
          | "stopped"
          | "starting"
          | "pairing"
          | "passkey_required"
          | "connected"
          | "waiting"
          | "restricted"
          | "failed"
          | "logged_out";
      };
    };
    requestBody?: never;
    responses: {
      /** @description The devices */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["TenantsDevice"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listAllWebhooks: {
    parameters: {
      query?: {
        /** @description the id of a tenant; left out for every tenant */
        tenant?: string;
        /** @description one of active, paused, disabled */
        status?: "active" | "paused" | "disabled";
      };
    };
    requestBody?: never;
    responses: {
      /** @description The webhooks */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["TenantsWebhook"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listAllMessages: {
    parameters: {
      query?: {
        /** @description the id of a tenant; left out for every tenant */
        tenant?: string;
        /** @description the id of a device; left out for every device */
        device?: string;
        /** @description one of queued, waiting, sending, sent, failed, cancelled */
        state?: "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled";
        /** @description one of scheduled, time_locked, asking_whatsapp, capped, contact_held, restricted */
        reason?: "scheduled" | "time_locked" | "asking_whatsapp" | "capped" | "contact_held" | "restricted";
        /** @description a whole number from 1 to 500 */
        limit?: number;
        /** @description what an earlier answer gave as `cursor` */
        cursor?: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["OutgoingMessage"][];
            /** @description Leads to the next page; null at the end. */
            cursor: string | null;
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  streamChanges: {
    parameters: {
      query?: {
        /** @description event types and families with commas: device.*,webhook.* */
        types?: string[];
      };
    };
    requestBody?: never;
    responses: {
      /** @description A stream: each frame names a tenant, a device and the type of an event */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "text/event-stream": string;
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  traceDevice: {
    parameters: {
      path: {
        /** @description The tenant's id. */
        tenant: string;
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A stream; `data` of each is one entry */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "text/event-stream": string;
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant or device */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      /** @description Too many traces are being recorded */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  listKeys: {
    parameters: {
      query?: {
        /** @description the id of a tenant */
        tenant?: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Key"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  createKey: {
    requestBody: {
      content: {
        "application/json": {
          /** @description the id of a tenant; "default" when left out */
          tenant?: string;
          /** @description a name for people, of 1 to 100 characters */
          name: string;
          /** @description a list of some of read, send, manage */
          scopes: ("read" | "send" | "manage")[];
          /** @description true or false: whether it opens the administration too */
          admin?: boolean;
          /** @description a list of ids of devices; every other looks as if it did not exist. null is every device */
          devices?: string[] | null;
          /** @description Unix seconds in the future */
          expires_at?: number;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["NewKey"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such tenant */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  rotateKey: {
    parameters: {
      path: {
        /** @description The key's id. */
        key: string;
      };
    };
    requestBody?: {
      content: {
        "application/json": {
          /** @description seconds, up to 2592000 (30 days), for which the key before goes on; a day when left out */
          overlap?: number;
        };
      };
    };
    responses: {
      /** @description Made; the one before goes on for `overlap` seconds */
      201: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["NewKey"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such key */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  revokeKey: {
    parameters: {
      path: {
        /** @description The key's id. */
        key: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Revoked */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      /** @description There is no such key */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listAudit: {
    parameters: {
      query?: {
        /** @description the id of a tenant */
        tenant?: string;
        /** @description who did it: the id of a key, or a word as `actor` has it */
        actor?: string;
        /** @description an act, or with * for any part of it: device.start, device.*, *.refused */
        action?: string;
        /** @description whose turn it was: the id of a device, key, webhook or tenant */
        subject?: string;
        /** @description Unix seconds: at the earliest */
        since?: number;
        /** @description Unix seconds: at the latest */
        until?: number;
        /** @description the id of an entry */
        before?: string;
        /** @description a whole number from 1 to 500 */
        limit?: number;
      };
    };
    requestBody?: never;
    responses: {
      /** @description A page; the last entry's `id` as `before` asks for the next */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["AuditEntry"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  getHealth: {
    requestBody?: never;
    responses: {
      /** @description Its health */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["ProcessHealth"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listFigures: {
    parameters: {
      query?: {
        /** @description one of minute, hour */
        resolution?: "minute" | "hour";
        /** @description Unix seconds */
        since?: number;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The figures; `webhook_ms` is the time of all deliveries together */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["FigurePoint"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listIncidents: {
    parameters: {
      query?: {
        /** @description true or false: whether they go on */
        open?: boolean;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The incidents */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Incident"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  getAlerts: {
    requestBody?: never;
    responses: {
      /** @description Rules and channels */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              rules: components["schemas"]["AlertRule"][];
              channels: components["schemas"]["AlertChannel"][];
            };
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  testAlerts: {
    requestBody?: never;
    responses: {
      /** @description How it went; a channel without a `problem` took it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["AlertChannel"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listSettings: {
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Setting"][];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  changeSettings: {
    requestBody: {
      content: {
        "application/json": {
          [key: string]: string | number | boolean | null;
        };
      };
    };
    responses: {
      /** @description They hold, after a restart too */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["SettingChange"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      /** @description One of them changes in its file only, or not while the bot runs */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["admin413"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  reloadSettings: {
    requestBody?: never;
    responses: {
      /** @description What changed, and what waits for a restart */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["SettingChange"];
          };
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listLogs: {
    parameters: {
      query?: {
        /** @description the least that is wanted: debug, info, warn, error */
        level?: "debug" | "info" | "warn" | "error";
        /** @description the id of a line, or an earlier answer's `cursor` */
        after?: string;
        /** @description only lines about this plugin */
        plugin?: string;
        /** @description a whole number from 1 to 500 */
        limit?: number;
      };
      header?: {
        /** @description Of a stream: the id of the line to continue behind. */
        "Last-Event-ID"?: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The last so many; `cursor` continues. As a stream: each line, with its `id` */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["LogLine"][];
            cursor: string;
          };
          "text/event-stream": string;
        };
      };
      400: components["responses"]["admin400"];
      401: components["responses"]["admin401"];
      403: components["responses"]["admin403"];
      404: components["responses"]["admin404"];
      429: components["responses"]["admin429"];
      500: components["responses"]["admin500"];
      503: components["responses"]["admin503"];
    };
  };
  listPlugins: {
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Plugin"][];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      404: components["responses"]["plugins404"];
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  getPlugin: {
    parameters: {
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The plugin */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginDetails"];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  removePlugin: {
    parameters: {
      query?: {
        /** @description delete or keep: what becomes of what it stored, its settings too; default is delete */
        data?: "delete" | "keep";
      };
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Gone */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  listPluginEntries: {
    parameters: {
      query?: {
        /** @description how their keys begin */
        prefix?: string;
        /** @description a whole number from 1 to 500 */
        limit?: number;
      };
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The first so many */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginEntry"][];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  enablePlugin: {
    parameters: {
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It runs */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginDetails"];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It does not start; the sentence says why */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  disablePlugin: {
    parameters: {
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is off */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginDetails"];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  configurePlugin: {
    parameters: {
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          [key: string]: unknown;
        };
      };
    };
    responses: {
      /** @description They hold */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginDetails"];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["plugins413"];
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  placePlugin: {
    parameters: {
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a list of names, or null for everywhere */
          devices: string[] | null;
          /** @description a list of names, or null for everywhere */
          chats: string[] | null;
          except: string[];
        };
      };
    };
    responses: {
      /** @description So it is */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginDetails"];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["plugins413"];
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  replayToPlugin: {
    parameters: {
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description the event's place in its device's log */
          seq: number;
          /** @description a device id; default is default */
          device_id?: string;
        };
      };
    };
    responses: {
      /** @description What became of it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: {
              ok: boolean;
              error: string | null;
            };
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description There is no such plugin */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["plugins413"];
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  listBundledPlugins: {
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["BundledPlugin"][];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      404: components["responses"]["plugins404"];
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  addBundledPlugin: {
    parameters: {
      path: {
        /** @description The plugin's name. */
        plugin: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description It is there; it runs where it is on by default, else enable it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["PluginDetails"];
          };
        };
      };
      400: components["responses"]["plugins400"];
      401: components["responses"]["plugins401"];
      403: components["responses"]["plugins403"];
      /** @description None of that name comes with the bot */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description There is a file of that name already */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["plugins429"];
      500: components["responses"]["plugins500"];
      503: components["responses"]["plugins503"];
    };
  };
  deviceStates: {
    requestBody?: never;
    responses: {
      /** @description All of them */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            [key: string]: components["schemas"]["DeviceState"];
          };
        };
      };
      400: components["responses"]["devices400"];
      401: components["responses"]["devices401"];
      403: components["responses"]["devices403"];
      404: components["responses"]["devices404"];
      429: components["responses"]["devices429"];
      500: components["responses"]["devices500"];
      503: components["responses"]["devices503"];
    };
  };
  deviceStart: {
    parameters: {
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The present state */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            status: "starting" | "waiting_for_scan" | "connecting" | "connected" | "reconnecting" | "disconnected";
            /** @description Its id. */
            device: string;
          };
        };
      };
      /** @description Not an id */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DevicesFailure"];
        };
      };
      401: components["responses"]["devices401"];
      403: components["responses"]["devices403"];
      404: components["responses"]["devices404"];
      /** @description As many devices as the tenant may have */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DevicesFailure"];
        };
      };
      429: components["responses"]["devices429"];
      500: components["responses"]["devices500"];
      503: components["responses"]["devices503"];
    };
  };
  deviceState: {
    parameters: {
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The state */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DeviceState"];
        };
      };
      400: components["responses"]["devices400"];
      401: components["responses"]["devices401"];
      403: components["responses"]["devices403"];
      404: components["responses"]["devices404"];
      429: components["responses"]["devices429"];
      500: components["responses"]["devices500"];
      503: components["responses"]["devices503"];
    };
  };
  deviceSend: {
    parameters: {
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a phone number with country code ("628123456789"), a username ("@ann.w"), a JID, a LID or a group id */
          to: string;
          /** @description a text of 1 to 65,536 characters */
          message: string;
        };
      };
    };
    responses: {
      /** @description WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            status: "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled";
            /** @description Its id. */
            device: string;
            messageId: string;
          };
        };
      };
      /** @description It will be sent */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            status: "queued" | "waiting" | "sending" | "sent" | "failed" | "cancelled";
            /** @description Its id. */
            device: string;
            messageId: string;
          };
        };
      };
      400: components["responses"]["devices400"];
      401: components["responses"]["devices401"];
      403: components["responses"]["devices403"];
      404: components["responses"]["devices404"];
      /** @description The device has no account yet */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DevicesFailure"];
        };
      };
      413: components["responses"]["devices413"];
      /** @description WhatsApp refused the message */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DevicesFailure"];
        };
      };
      429: components["responses"]["devices429"];
      500: components["responses"]["devices500"];
      503: components["responses"]["devices503"];
    };
  };
  deviceRemove: {
    parameters: {
      path: {
        /** @description The device's id. */
        device: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Removed */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            status: "removed";
            /** @description Its id. */
            device: string;
            message: string;
          };
        };
      };
      400: components["responses"]["devices400"];
      401: components["responses"]["devices401"];
      403: components["responses"]["devices403"];
      404: components["responses"]["devices404"];
      429: components["responses"]["devices429"];
      500: components["responses"]["devices500"];
      503: components["responses"]["devices503"];
    };
  };
  gatewayStatus: {
    requestBody?: never;
    responses: {
      /** @description The present state */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["GatewayStatus"];
        };
      };
      400: components["responses"]["gateway400"];
      401: components["responses"]["gateway401"];
      403: components["responses"]["gateway403"];
      404: components["responses"]["gateway404"];
      429: components["responses"]["gateway429"];
      500: components["responses"]["gateway500"];
      503: components["responses"]["gateway503"];
    };
  };
  gatewayQr: {
    requestBody?: never;
    responses: {
      /** @description The QR code as a picture and as its text */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["GatewayQr"];
        };
      };
      400: components["responses"]["gateway400"];
      401: components["responses"]["gateway401"];
      403: components["responses"]["gateway403"];
      /** @description There is none just now; the sentence says why and what to do */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp wants a passkey first */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["gateway429"];
      500: components["responses"]["gateway500"];
      503: components["responses"]["gateway503"];
    };
  };
  gatewayNewQr: {
    requestBody?: never;
    responses: {
      /** @description It will come */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["gateway400"];
      401: components["responses"]["gateway401"];
      403: components["responses"]["gateway403"];
      404: components["responses"]["gateway404"];
      /** @description WhatsApp is connected, or as many devices are there as may be */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["gateway429"];
      500: components["responses"]["gateway500"];
      503: components["responses"]["gateway503"];
    };
  };
  gatewaySend: {
    requestBody: {
      content: {
        "application/json": {
          /** @description a phone number with country code ("628123456789"), a username ("@ann.w"), a JID, a LID or a group id */
          to: string;
          /** @description a text of 1 to 65,536 characters */
          message: string;
        };
      };
    };
    responses: {
      /** @description WhatsApp has it */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            messageId: string;
            /**
             * Format: date-time
             * @description ISO 8601 with milliseconds.
             */
            timestamp: string;
          };
        };
      };
      /** @description It will be sent */
      202: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            messageId: string;
            /**
             * Format: date-time
             * @description ISO 8601 with milliseconds.
             */
            timestamp: string;
          };
        };
      };
      400: components["responses"]["gateway400"];
      401: components["responses"]["gateway401"];
      403: components["responses"]["gateway403"];
      404: components["responses"]["gateway404"];
      /** @description No account is linked yet */
      409: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      413: components["responses"]["gateway413"];
      /** @description WhatsApp refused the message */
      422: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      429: components["responses"]["gateway429"];
      500: components["responses"]["gateway500"];
      503: components["responses"]["gateway503"];
    };
  };
  gatewayLogout: {
    requestBody?: never;
    responses: {
      /** @description Logged out */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      400: components["responses"]["gateway400"];
      401: components["responses"]["gateway401"];
      403: components["responses"]["gateway403"];
      404: components["responses"]["gateway404"];
      429: components["responses"]["gateway429"];
      500: components["responses"]["gateway500"];
      503: components["responses"]["gateway503"];
    };
  };
  health: {
    requestBody?: never;
    responses: {
      /** @description It answers */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Readiness"];
        };
      };
    };
  };
  healthLive: {
    requestBody?: never;
    responses: {
      /** @description It answers */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            status: "ok";
          };
        };
      };
    };
  };
  healthReady: {
    requestBody?: never;
    responses: {
      /** @description It can */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Readiness"];
        };
      };
      /** @description It cannot; the fields say why */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Readiness"];
        };
      };
    };
  };
  getMetrics: {
    parameters: {
      query?: {
        /** @description `1` adds a series for each device. */
        devices?: "1";
      };
    };
    requestBody?: never;
    responses: {
      /** @description Prometheus' text format, 0.0.4 */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "text/plain": string;
        };
      };
      /** @description No key, or an unknown one, from another machine */
      401: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The key is no admin key */
      403: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getLinkedMedia: {
    parameters: {
      path: {
        /** @description What the link was given. */
        token: string;
      };
    };
    requestBody?: never;
    responses: {
      /** @description The bytes, with their type */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "image/*": string;
          "video/*": string;
          "audio/*": string;
          "application/octet-stream": string;
        };
      };
      /** @description The part that Range asks for */
      206: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "image/*": string;
          "video/*": string;
          "audio/*": string;
          "application/octet-stream": string;
        };
      };
      /** @description The caller has it already, as If-None-Match says */
      304: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description No link of ours, or its key is no longer valid */
      401: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The file is gone */
      404: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description It has expired, or the file was not fetched in time */
      410: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description The file has no such part */
      416: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description WhatsApp's file servers do not answer */
      503: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getSession: {
    requestBody?: never;
    responses: {
      /** @description Who; null is nobody */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Session"] | null;
          };
        };
      };
      /** @description An unknown key */
      401: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  signIn: {
    requestBody: {
      content: {
        "application/json": {
          /** @description Your API key. */
          key: string;
        };
      };
    };
    responses: {
      /** @description Signed in */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @constant */
            success: true;
            data: components["schemas"]["Session"];
          };
        };
      };
      /** @description There is no key in the body */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description An unknown key */
      401: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description A page of another origin may not sign anybody in */
      403: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Too many attempts; `Retry-After` says when again */
      429: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          "Retry-After": components["headers"]["RetryAfter"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  signOut: {
    parameters: {
      query?: {
        /** @description Whether every browser with the same key is signed out. */
        everywhere?: boolean;
      };
    };
    requestBody?: never;
    responses: {
      /** @description Signed out */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DoneWithMessage"];
        };
      };
      /** @description A parameter is wrong */
      400: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description Nobody is signed in */
      401: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
      /** @description A page of another origin may not sign anybody out */
      403: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Failure"];
        };
      };
    };
  };
  getOpenApi: {
    requestBody?: never;
    responses: {
      /** @description OpenAPI 3.1 */
      200: {
        headers: {
          "X-Request-Id": components["headers"]["RequestId"];
          "RateLimit-Limit": components["headers"]["RateLimit"];
          "RateLimit-Remaining": components["headers"]["RateLimitRemaining"];
          "RateLimit-Reset": components["headers"]["RateLimitReset"];
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["OpenApiDocument"];
        };
      };
    };
  };
  onList: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Event"][];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageReceived: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageReceivedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageReaction: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageReactionEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageEdited: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageEditedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageDeleted: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageDeletedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessagePinned: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessagePinnedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageKept: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageKeptEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onPollVote: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PollVoteEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onEventResponse: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["EventResponseEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChatTimer: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChatTimerEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageUndecryptable: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageUndecryptableEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageSent: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageSentEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageFailed: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageFailedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageWaiting: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageWaitingEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageReleased: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageReleasedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageCancelled: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageCancelledEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMessageStatus: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MessageStatusEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onBulkProgress: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BulkProgressEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onBulkDone: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BulkDoneEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onGroupJoined: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["GroupJoinedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onGroupUpdated: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["GroupUpdatedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onGroupMembers: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["GroupMembersEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onGroupJoinRequest: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["GroupJoinRequestEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onCommunityLinked: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CommunityLinkedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onCommunityUnlinked: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CommunityUnlinkedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChannelPost: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChannelPostEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChannelPostEdited: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChannelPostEditedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChannelPostDeleted: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChannelPostDeletedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChannelPostCounts: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChannelPostCountsEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChannelJoined: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChannelJoinedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChannelLeft: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChannelLeftEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChannelUpdated: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChannelUpdatedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onPresence: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PresenceEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onCallReceived: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CallReceivedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onCallAccepted: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CallAcceptedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onCallRejected: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CallRejectedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onCallEnded: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CallEndedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onContactBlocked: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ContactBlockedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onContactUpdated: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ContactUpdatedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onContactPicture: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ContactPictureEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onContactAbout: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ContactAboutEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onContactNumberChanged: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ContactNumberChangedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onContactResolved: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ContactResolvedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onContactsChecked: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ContactsCheckedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onLabelUpdated: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["LabelUpdatedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onLabelAssigned: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["LabelAssignedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onChatUpdated: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChatUpdatedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onHistorySynced: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["HistorySyncedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onHistoryRefused: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["HistoryRefusedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onHistoryMissing: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["HistoryMissingEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMediaReady: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MediaReadyEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onMediaFailed: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MediaFailedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDeviceQr: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeviceQrEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDevicePairingCode: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DevicePairingCodeEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDevicePasskeyRequired: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DevicePasskeyRequiredEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDevicePasskeyStage: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DevicePasskeyStageEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDevicePaired: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DevicePairedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDeviceConnected: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeviceConnectedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDeviceUpdated: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeviceUpdatedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDeviceRegistering: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeviceRegisteringEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDeviceRestricted: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeviceRestrictedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDeviceDisconnected: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeviceDisconnectedEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onDeviceLoggedOut: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeviceLoggedOutEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onWebhookTest: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["WebhookTestEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onWebhookDisabled: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["WebhookDisabledEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onWebhookDeadLettered: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["WebhookDeadLetteredEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  onPluginFault: {
    parameters: {
      header: {
        /** @description The id of the event, or of the list, the same at every attempt. */
        "webhook-id": string;
        /** @description Unix seconds of this attempt. */
        "webhook-timestamp": string;
        /** @description `v1,<base64>` for each secret that signs, as Standard Webhooks has it. */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PluginFaultEvent"];
      };
    };
    responses: {
      /** @description The receiver wants nothing any more: the webhook is disabled. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The receiver has it. Anything else is tried again. To a webhook with `replies: true`, a body `{"reply": {"text": "…"}}`, or a list of such drafts, is sent into the chat of the event. */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
}
