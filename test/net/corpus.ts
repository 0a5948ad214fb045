/** IPv4 addresses that must not be reached, each of which can be written in many ways. */
const four = [
  "127.0.0.1",
  "127.1.2.3",
  "127.255.255.254",
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "10.255.255.255",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "192.168.255.255",
  "169.254.169.254", // AWS, GCP, Azure
  "169.254.170.2", // ECS
  "100.64.0.1",
  "100.100.100.200", // Alibaba
  "192.0.0.192", // Oracle
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
];

const bytesOf = (address: string) => address.split(".").map(Number);
const number = (address: string) => bytesOf(address).reduce((sum, byte) => sum * 256 + byte, 0);
const hex = (address: string) => number(address).toString(16).padStart(8, "0");
const groups = (address: string) => `${hex(address).slice(0, 4)}:${hex(address).slice(4)}`;

const ways: ((address: string) => string)[] = [
  (address) => address,
  (address) => `${address}.`,
  (address) => String(number(address)),
  (address) => `0x${hex(address)}`,
  (address) => `0${number(address).toString(8)}`,
  (address) =>
    bytesOf(address)
      .map((byte) => `0x${byte.toString(16)}`)
      .join("."),
  (address) =>
    bytesOf(address)
      .map((byte) => `0${byte.toString(8)}`)
      .join("."),
  (address) => `${bytesOf(address)[0]}.${number(address) % 2 ** 24}`,
  (address) => address.replaceAll(".", "。"),
  (address) => address.replaceAll("1", "１"),
  (address) => address.replaceAll(".", "%2e"),
  (address) => `[::ffff:${address}]`,
  (address) => `[::ffff:${groups(address)}]`,
  (address) => `[0:0:0:0:0:ffff:${address}]`,
  (address) => `[::ffff:0:${address}]`,
  (address) => `[64:ff9b::${address}]`,
  (address) => `[64:ff9b::${groups(address)}]`,
  (address) => `[2002:${groups(address)}::1]`,
];

const six = [
  "[::]",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::127.0.0.1]",
  "[fe80::1]",
  "[fe80::a9fe:a9fe]",
  "[febf::1]",
  "[fc00::1]",
  "[fd00:ec2::254]", // AWS
  "[fd20:ce::254]", // GCP
  "[fdff:ffff::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[2001:db8::1]",
  "[2001::1]",
  "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", // Teredo
  "[3fff::1]",
  "[5f00::1]",
  "[100::1]",
  "[64:ff9b:1::1]",
  "[4000::1]",
];

const names = ["localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "0", "0x7f.1", "017700000001", "2130706433"];

/** Hosts as an attacker would write them; every one leads to a blocked address or is no host at all. */
export const blockedHosts: readonly string[] = [
  ...four.flatMap((address) => ways.map((way) => way(address))),
  ...six,
  ...names,
];

/** Whole addresses whose spelling hides the host; every one leads to a blocked address or is no address at all. */
export const blockedUrls = (port: number): readonly string[] => [
  `http://8.8.8.8@127.0.0.1:${port}/`,
  `http://8.8.8.8:80@127.0.0.1:${port}/`,
  `http://@127.0.0.1:${port}/`,
  `http://8.8.8.8%40127.0.0.1:${port}/`,
  `http://127.0.0.1:${port}\\@8.8.8.8/`,
  `http://127.0.0.1:${port}#@8.8.8.8/`,
  `http://127.0.0.1:${port}?@8.8.8.8/`,
  `http://127.0.0.1:${port}/@8.8.8.8/`,
  `http:127.0.0.1:${port}/`,
  `http:/127.0.0.1:${port}/`,
  `http:////127.0.0.1:${port}/`,
  `http:\\\\127.0.0.1:${port}/`,
  `HTTP://127.0.0.1:${port}/`,
  `  http://127.0.0.1:${port}/`,
  `http://127.0.\t0.1:${port}/`,
  `http://127.0.\n0.1:${port}/`,
  `http://127.0.0.1\u0000.example:${port}/`,
  `http://127.0.0.1%00.example:${port}/`,
  `http://①②⑦.⓪.⓪.①:${port}/`,
  `http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:${port}/`,
  `http://ｌｏｃａｌｈｏｓｔ:${port}/`,
  `http://127。0｡0．1:${port}/`,
  `http://loc\u00adalhost:${port}/`,
  `http://[::1%25lo]:${port}/`,
  `http://[::1%lo]:${port}/`,
  `http://[fe80::1%25eth0]:${port}/`,
  `http://[::ffff:127.0.0.1%25lo]:${port}/`,
  `http://[::ffff:7f00:1]:${port}/`,
  `http://[0000::1]:${port}/`,
  `http://[::1]:${port}@8.8.8.8/`,
  `https://127.0.0.1:${port}/`,
  `//127.0.0.1:${port}/`,
  `127.0.0.1:${port}`,
  `file:///etc/passwd`,
  `gopher://127.0.0.1:${port}/_x`,
  `unix:///var/run/docker.sock`,
  `data:text/plain,x`,
  `blob:http://127.0.0.1:${port}/x`,
];

/** Addresses as a resolver may spell them. */
export const blockedAnswers: readonly string[] = [
  "fe80::1%eth0",
  "::1%lo",
  "::ffff:169.254.169.254",
  "0:0:0:0:0:ffff:a9fe:a9fe",
  "64:ff9b::a9fe:a9fe",
  "2002:7f00:1::",
  "::",
  "",
  "not an address",
];
