// Passkeys, with Chromium's own authenticator in software: enrolled, then the only thing shown at sign-in.
import { expect, PASSWORD, register, test } from "./support";

const port = process.env.PORCHLIGHT_E2E_PORT ?? 3117;
/** A passkey is bound to a name: the journey reaches the server by one. */
const home = (process.env.PORCHLIGHT_URL ?? `http://127.0.0.1:${port}`).replace("127.0.0.1", "localhost");
test.use({ baseURL: home });

test("a passkey signs in on its own, and stands in for the code", async ({ page, context }) => {
  const browser = await context.newCDPSession(page);
  await browser.send("WebAuthn.enable");
  const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const email = await register(page, "Wren");
  await page.goto("/console/security");
  await page.getByLabel("What you call it").fill("Laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.locator(".recovery-codes li")).toHaveCount(10);
  await expect(page.getByRole("row", { name: /Laptop/ })).toContainText("not yet");

  // Without a password.
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/sign-in?next=%2Fconsole%2Fsecurity");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL(/\/console\/security$/);
  await expect(page.getByRole("row", { name: /Laptop/ })).not.toContainText("not yet");

  // After the password.
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/sign-in\/code/);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL(/\/console$/);

  // A device that cannot tell who holds it gives none, and the page says so.
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await browser.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("No passkey was given.")).toBeVisible();
});
