// Every page of the console: opened cold and by navigation, without trouble, and without faults that axe finds.
import { readFileSync } from "node:fs";
import { expect, register, test } from "./support";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const PAGES = [
  "/console",
  "/console/bots",
  "/console/bots/new",
  "/console/properties",
  "/console/properties/new",
  "/console/knowledge",
  "/console/codes",
  "/console/conversations",
  "/console/leads",
  "/console/credits",
  "/console/brand",
  "/console/people",
  "/console/audit",
  "/console/security",
  "/console/security/factor",
  "/console/confirm",
  "/console/search?q=elm",
];

test("every page opens and has no fault that axe finds", async ({ page, context }) => {
  await register(page, "Noor");
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    // The policy of the pages allows no foreign script; the checker comes in through the debugger instead.
    const session = await context.newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axe });
    const { result } = await session.send("Runtime.evaluate", {
      expression: "axe.run().then(r => JSON.stringify(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' '))))",
      awaitPromise: true,
    });
    expect(JSON.parse(result.value as string), path).toEqual([]);
  }
});

test("a page nobody knows says so", async ({ page, troubles }) => {
  await page.goto("/p/there-is-none");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(troubles.splice(0).every((trouble) => trouble.includes("404"))).toBe(true);
});

test("a form says what is wrong before it is sent", async ({ page }) => {
  await register(page, "Nora");
  await page.goto("/console/bots/new");
  const posted: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") posted.push(request.url());
  });
  await page.getByLabel("Name").fill(" ");
  await page.getByRole("button", { name: "Save and go on" }).click();
  const name = page.getByLabel("Name");
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toBeFocused();
  await expect(page.getByRole("alert")).toBeVisible();
  expect(posted).toEqual([]);
  await name.fill("Elm Street assistant");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page).toHaveURL(/\/setup\/voice$/);
  // The way back leads to a form that can be sent again.
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page).toHaveURL(/\/setup\/property$/);
  await page.goBack();
  await page.getByLabel("Greeting").fill("Hello, I am an AI assistant. Ask me anything.");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page).toHaveURL(/\/setup\/property$/);

  // Colours are judged as they are chosen.
  await page.goto("/console/codes");
  await expect(page.getByText(/scans well/)).toBeVisible();
  await page.getByLabel("Colour").fill("#bbbbbb");
  await expect(page.getByText(/too alike to scan/)).toBeVisible();
  await page.goto("/console/brand");
  await page.getByRole("textbox", { name: "Colour" }).fill("#ffd400");
  await expect(page.getByText(/words are set in/)).toBeVisible();
});

test("a key leads to the search, and chosen colours stay", async ({ page }) => {
  await register(page, "Nils");
  await page.goto("/console/bots/new");
  await page.getByLabel("Name").fill("Linden Court assistant");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page).toHaveURL(/\/setup\/voice$/);
  await page.goto("/console");
  const search = page.getByRole("searchbox", { name: "Search the console" });
  // The key works once the page is alive.
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(search).toBeFocused({ timeout: 200 });
  }).toPass();
  await search.fill("linden");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/console\/search\?q=linden$/);
  await page.getByRole("link", { name: /Linden Court assistant/ }).click();
  await expect(page).toHaveURL(/\/console\/bots\//);

  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Dark" }).first().click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await background()).not.toBe(light);
  await page.goto("/console/leads");
  await expect(page.getByRole("button", { name: "Dark" }).first()).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Auto" }).first().click();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme", /./);
});
