import { afterEach, expect, test } from "bun:test";
import { House } from "./house.ts";

let house: House | undefined;
afterEach(() => house?.close());

const weather = `import { plugin, t } from "merpati";
export default plugin({ name: "weather", config: {
  city: t.string({ description: "Where", min: 2 }), days: t.integer({ default: 3, min: 1, max: 7 }), apiKey: t.secret({ default: "none" }),
  units: t.choice(["metric", "imperial"], { default: "metric" }), tags: t.list(t.string(), { default: [] }),
  box: t.group({ wide: t.boolean({ default: false }) }),
}, setup({ config, command }) { command("show", ({ reply }) => reply(JSON.stringify(config))); } });`;

const open = async (toml: string, environment: Record<string, string> = {}) => {
  house = await House.open({ "weather.ts": weather, "config.toml": toml }, { environment });
  return house.host.list()[0];
};

test("values come from the API, else the environment, else the file, else the default", async () => {
  await open('[weather]\ncity = "Jakarta"\ndays = 5\nbox = { wide = true }', {
    PLUGIN_WEATHER_DAYS: "6",
    PLUGIN_WEATHER_API_KEY: "k",
    PLUGIN_WEATHER_TAGS: '["a"]',
  });
  const shown = async () => {
    await house?.says("!show");
    return JSON.parse(house?.texts().at(-1) ?? "");
  };
  expect(await shown()).toEqual({
    city: "Jakarta",
    days: 6,
    apiKey: "k",
    units: "metric",
    tags: ["a"],
    box: { wide: true },
  });
  await house?.host.configure("weather", { city: "Bandung", days: 7 });
  expect(await shown()).toMatchObject({ city: "Bandung", days: 7 });
  await house?.host.configure("weather", { city: null });
  expect(await shown()).toMatchObject({ city: "Jakarta", days: 7 });
  const details = await house?.host.details("weather");
  expect(details?.values).toMatchObject({ city: "Jakarta", apiKey: "••••••" });
  expect(details?.settings["days"]).toEqual({ type: "integer", default: 3, min: 1, max: 7, required: false });
});

test.each([
  ["", {}, "weather.city is not set: put it into config.toml under [weather] or into PLUGIN_WEATHER_CITY"],
  ["[weather]\ncity = 5", {}, "weather.city takes text, not 5"],
  ['[weather]\ncity = "J"', {}, 'weather.city takes text of a length from 2 to …, not "J"'],
  ['[weather]\ncity = "Jakarta"\ndays = 9', {}, "weather.days takes a number from 1 to 7, not 9"],
  ['[weather]\ncity = "Jakarta"', { PLUGIN_WEATHER_DAYS: "many" }, 'weather.days takes a whole number, not "many"'],
  ['[weather]\ncity = "Jakarta"\nunits = "miles"', {}, 'weather.units takes one of metric, imperial, not "miles"'],
  [
    '[weather]\ncity = "Jakarta"\ntown = 1',
    {},
    "weather.town is no setting of weather; there are: city, days, apiKey, units, tags, box",
  ],
  ['[weather]\ncity = "Jakarta"\ntags = [1]', {}, "weather.tags[0] takes text, not 1"],
  ['[weather]\ncity = "Jakarta"\nbox = { high = true }', {}, "weather.box.high is no setting; there are: wide"],
  ["[weather", {}, "config.toml: "],
] as const)("%p with %p: %s", async (toml, environment, problem) => {
  expect(await open(toml, environment as Record<string, string>)).toMatchObject({
    state: "failed",
    problem: expect.stringContaining(problem),
  });
});

test("what the API would set wrongly is refused and nothing changes", async () => {
  await open('[weather]\ncity = "Jakarta"');
  await expect(house?.host.configure("weather", { days: 99 })).rejects.toThrow(
    "weather.days takes a number from 1 to 7, not 99.",
  );
  expect((await house?.host.details("weather"))?.values).toMatchObject({ days: 3 });
});

test.each([
  ['url = "example.com"', 'it.url takes an http(s) address, not "example.com"'],
  ['url = "https://example.com"\nmatches = "("', 'it.matches takes a regular expression, not "("'],
  [
    'url = "https://example.com"\nallow = ["0812"]',
    'it.allow[0] takes a phone number in digits with country code, not "0812"',
  ],
])("%s: %s", async (toml, problem) => {
  const text = `import { plugin, t } from "merpati";
export default plugin({ name: "it", config: { url: t.string({ format: "url" }), matches: t.string({ format: "regexp", default: "." }),
  allow: t.list(t.string({ format: "phone" }), { default: [] }) }, setup() {} });`;
  house = await House.open({ "it.ts": text, "config.toml": `[it]\n${toml}\n` });
  expect(house.host.list()[0]?.problem).toContain(problem);
});

test("one that waits for a setting is known by its name, shows its form, and starts when it is set", async () => {
  const waits = await open("");
  expect(waits).toMatchObject({ name: "weather", state: "failed" });
  const details = await house?.host.details("weather");
  expect([details?.values["city"], details?.settings["city"]]).toEqual([
    null,
    expect.objectContaining({ required: true }),
  ]);
  await house?.host.configure("weather", { city: "Jakarta" });
  expect(house?.state("weather")).toBe("running");
});

test("under another name it is gone under the old one", async () => {
  const named = (name: string) =>
    `export default { name: "${name}", setup({ command }) { command("${name}", ({ reply }) => reply("${name}")); } };`;
  house = await House.open({ "a.ts": named("old") });
  await Bun.write(`${house.dir}/a.ts`, named("new"));
  await house.host.reload("old");
  expect([house.host.list().map(({ name }) => name), [...house.targets.keys()]]).toEqual([["new"], ["new"]]);
  await house.says("!old");
  await house.says("!new");
  expect(house.texts()).toEqual(["new"]);
});
