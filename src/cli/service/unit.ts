/** What a unit of systemd is made of. */
export interface UnitParts {
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** The folder that it runs in: its `.env`, data folder and plugins. */
  readonly folder: string;
  /** Other folders that it writes to: of the data, of backups. */
  readonly writes?: readonly string[];
  /** Whom it runs as; null for a unit of the user's own. */
  readonly user: string | null;
}

/**
 * The unit: started at boot, told by the bot itself when it is ready, watched, restarted, and allowed to write into its
 * own folders only. See systemd.exec(5), systemd.service(5).
 */
export function unitText({ command, folder, writes = [], user }: UnitParts): string {
  // One that is not there is passed over, instead of stopping the start.
  const paths = [folder, ...writes.map((path) => `-${path}`)];
  return `[Unit]
Description=Merpati, a WhatsApp bot server
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command.map(quoted).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory=${folder.replaceAll("%", "%%")}
${user === null ? "" : `User=${user}\n`}Restart=always
RestartSec=5
WatchdogSec=90
TimeoutStartSec=120
TimeoutStopSec=30
UMask=0077
LimitNOFILE=65536

# It needs its own folders and the network, nothing else of the machine.
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=${paths.map(quoted).join(" ")}
${user === null ? "" : systemOnly}RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=${user === null ? "default.target" : "multi-user.target"}
`;
}

/** What a manager of one user may not ask for. */
const systemOnly = `ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
CapabilityBoundingSet=
AmbientCapabilities=
`;

/** As a word of a unit: specifiers are doubled, spaces kept. */
function quoted(word: string): string {
  const plain = word.replaceAll("%", "%%");
  return /^[\w/.:@%+=-]+$/.test(plain) ? plain : `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
