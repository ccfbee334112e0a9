// Keeping an account: a second factor, other sessions that end, a forgotten password, being asked once more.
import { createHmac } from "node:crypto";
import { devices, type Page } from "@playwright/test";
import { expect, PASSWORD, register, test, watch } from "./support";

/** The six digits that an authenticator app shows (RFC 6238). */
function totp(secret: string, at = Date.now()): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const offset = mac[19] & 15;
  return ((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).toString().padStart(6, "0");
}

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** The newest link to `page` in a letter to somebody. */
async function letter(page: Page, to: string, path: string): Promise<string> {
  const link = page.locator("article", { hasText: to }).locator(`a[href*="${path}"]`).first();
  await expect(async () => {
    await page.goto("/mail");
    await expect(link).toBeVisible({ timeout: 500 });
  }).toPass();
  return new URL((await link.getAttribute("href"))!).pathname;
}

test("a second factor lets its owner in, and ends the other session", async ({ page, browser, troubles }) => {
  await register(page, "Opal");
  await page.goto("/console/people");
  const email = `finn-${Date.now()}@example.com`;
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByText(`A letter with a link went to ${email}`)).toBeVisible();

  // Invited by the letter, on a phone without scripts.
  const phone = await browser.newContext({
    ...devices["Pixel 7"],
    viewport: { width: 390, height: 844 },
    javaScriptEnabled: false,
  });
  const finn = await phone.newPage();
  await finn.goto(await letter(finn, email, "/invitation/"));
  await finn.getByLabel("First name").fill("Finn");
  await finn.getByLabel("Last name").fill("Moss");
  await finn.getByLabel("Password").fill(PASSWORD);
  await finn.getByRole("button", { name: "Join" }).click();
  await expect(finn).toHaveURL(/\/console$/);

  // The app is set up.
  await finn.goto("/console/security");
  await finn.getByRole("link", { name: "Set up an app" }).click();
  await finn.getByRole("button", { name: "Begin" }).click();
  await expect(finn.getByRole("img", { name: /authenticator app/ })).toBeVisible();
  const secret = (await finn.locator(".totp-secret").textContent())!.replaceAll(" ", "");
  await finn.getByLabel("Code", { exact: true }).fill("000 000");
  await finn.getByRole("button", { name: "Confirm" }).click();
  await expect(finn.getByText("This code is not right").first()).toBeVisible();
  await finn.getByLabel("Code", { exact: true }).fill(totp(secret));
  await finn.getByRole("button", { name: "Confirm" }).click();
  await expect(finn.locator(".recovery-codes li")).toHaveCount(10);
  const recovery = (await finn.locator(".recovery-codes code").first().textContent())!;
  await finn.reload();
  await expect(finn.locator(".recovery-codes")).toHaveCount(0);

  // Another browser: the password alone opens nothing.
  const desk = await browser.newContext();
  const other = await desk.newPage();
  watch(other, troubles);
  await signIn(other, email);
  await expect(other).toHaveURL(/\/sign-in\/code/);
  await other.goto("/console/leads");
  await expect(other).toHaveURL(/\/sign-in\/code\?next=%2Fconsole%2Fleads/);
  // The code that set the app up is used; a recovery code does.
  await other.getByLabel("Code", { exact: true }).fill(recovery.toLowerCase());
  await other.getByRole("button", { name: "Go on" }).click();
  await expect(other).toHaveURL(/\/console\/leads$/);
  await expect(other.getByRole("heading", { name: "Leads", level: 1 })).toBeVisible();

  // The other session ends with its next request.
  await other.goto("/console/security");
  await expect(other.getByText("9 recovery codes are left")).toBeVisible();
  await other.getByRole("row", { name: /Android/ }).getByRole("button", { name: "Sign out" }).click();
  await expect(other.getByText("Saved.")).toBeVisible();
  await finn.goto("/console");
  await expect(finn).toHaveURL(/\/sign-in/);

  // And in again with the app's next code.
  await other.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await signIn(other, email);
  const used = totp(secret);
  await expect.poll(() => totp(secret) === used, { timeout: 35_000, intervals: [500] }).toBe(false);
  await other.getByLabel("Code", { exact: true }).fill(totp(secret));
  await other.getByRole("button", { name: "Go on" }).click();
  await expect(other).toHaveURL(/\/console$/);
  await phone.close();
  await desk.close();
});

test("a forgotten password is set anew by a letter, and ends every session", async ({ page, browser, troubles }) => {
  const email = await register(page, "Pia");
  const desk = await browser.newContext();
  const other = await desk.newPage();
  watch(other, troubles);
  await other.goto("/sign-in");
  await other.getByRole("link", { name: "Forgotten your password?" }).click();
  await other.getByLabel("Email").fill(email);
  await other.getByRole("button", { name: "Send the link" }).click();
  await expect(other.getByText("a letter is on its way")).toBeVisible();
  const link = await letter(other, email, "/reset/");
  await other.goto(link);
  await expect(other.getByText(email)).toBeVisible();
  await other.getByLabel("New password").fill("a lane with old trees");
  await other.getByRole("button", { name: "Set the password" }).click();
  await expect(other.getByText("Your new password is set")).toBeVisible();
  await page.goto("/console");
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(other, email, "a lane with old trees");
  await expect(other).toHaveURL(/\/console$/);
  await desk.close();

  await page.goto(link);
  await expect(page.getByText("This link was used or has run out.")).toBeVisible();
  expect(troubles.splice(0)).toEqual([expect.stringContaining("404"), expect.stringContaining("404")]);
});

test("an address is confirmed by its letter", async ({ page }) => {
  const email = await register(page, "Quinn");
  await page.goto(await letter(page, email, "/confirm-email/"));
  await page.getByRole("button", { name: "Yes, confirm" }).click();
  await page.goto("/console/audit");
  await expect(page.getByText("Confirmed the email address").first()).toBeVisible();
});
