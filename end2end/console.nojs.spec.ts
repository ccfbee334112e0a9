// The console without any script: registration, the wizard and its faults, signing out and in again.
import { expect, PASSWORD, test } from "./support";

test("a bot is made without JavaScript, and nothing typed is lost", async ({ page }) => {
  const email = `kim-${Date.now()}@example.com`;
  await page.goto("/register");
  await page.getByLabel("Your agency or your own name").fill("Kim Homes");
  await page.getByLabel("First name").fill("Kim");
  await page.getByLabel("Last name").fill("Osei");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("short");
  await page.locator("main form .btn, main form button").last().click();
  await expect(page.getByText(/at least 12 characters/i).first()).toBeVisible();
  await expect(page.getByLabel("Your agency or your own name")).toHaveValue("Kim Homes");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("main form .btn, main form button").last().click();
  await expect(page).toHaveURL(/\/console/);

  await page.goto("/console/bots/new");
  await page.getByLabel("Name").fill("Plain bot");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page).toHaveURL(/\/setup\/voice/);
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page).toHaveURL(/\/setup\/property/);
  await page.getByLabel("Street address").fill("7 Hill Road");
  await page.getByLabel("City").fill("Fairview");
  await page.getByLabel("State").fill("OR");
  await page.getByLabel("ZIP").fill("97024");
  await page.getByLabel("Price, $").fill("not a number");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page.getByText(/Give an amount in dollars/).first()).toBeVisible();
  await expect(page.getByLabel("Street address")).toHaveValue("7 Hill Road");
  await page.getByLabel("Price, $").fill("410,000");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await expect(page).toHaveURL(/\/setup\/knowledge/);
});
