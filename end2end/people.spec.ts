// Colleagues: invited by a link, joining without scripts on a phone, given a role, switched off.
import { devices } from "@playwright/test";
import { expect, PASSWORD, register, test } from "./support";

test("a colleague joins, is given a role and is switched off", async ({ page, browser }) => {
  await register(page, "Nora");
  await page.goto("/console/people");
  await expect(page.getByRole("row", { name: /Nora Reyes \(you\)/ })).toContainText("Owner");
  await page.getByLabel("Email").fill("cy");
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByText(/address/i).first()).toBeVisible();
  const email = `cy-${Date.now()}@example.com`;
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Invite" }).click();
  const link = page.locator(".link-to-send code");
  await expect(link).toContainText("/invitation/");
  const path = new URL((await link.textContent())!).pathname;

  const phone = await browser.newContext({
    ...devices["Pixel 7"],
    viewport: { width: 390, height: 844 },
    javaScriptEnabled: false,
  });
  const cy = await phone.newPage();
  await cy.goto(path);
  await expect(cy.getByText("Nora Reyes invites you to Nora Homes")).toBeVisible();
  await cy.getByLabel("First name").fill("Cy");
  await cy.getByLabel("Last name").fill("Moss");
  await cy.getByLabel("Password").fill("short");
  await cy.getByRole("button", { name: "Join" }).click();
  await expect(cy.getByText(/at least 12 characters/i).first()).toBeVisible();
  await expect(cy.getByLabel("First name")).toHaveValue("Cy");
  await cy.getByLabel("Password").fill(PASSWORD);
  await cy.getByRole("button", { name: "Join" }).click();
  await expect(cy).toHaveURL(/\/console$/);
  await cy.goto("/console/people");
  await expect(cy.getByText("Nora Reyes")).toBeVisible();
  await expect(cy.getByText("Invite somebody")).toHaveCount(0);

  await page.goto("/console/people");
  const row = page.getByRole("row", { name: /Cy Moss/ });
  await expect(row).toContainText("Realtor");
  await row.getByRole("button", { name: "Make admin" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(row).toContainText("Admin");
  await cy.reload();
  await expect(cy.getByText("Invite somebody")).toBeVisible();

  await row.getByRole("button", { name: "Switch off" }).click();
  await expect(row).toContainText("Switched off");
  await cy.reload();
  await expect(cy).toHaveURL(/\/sign-in/);
  await cy.goto(path);
  await expect(cy.getByText(/was used, withdrawn or has run out/)).toBeVisible();
  await phone.close();
});
