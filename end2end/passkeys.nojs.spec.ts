// Passkeys where no script runs: the page says so, and the other ways are there.
import { expect, test } from "./support";

const port = process.env.PORCHLIGHT_E2E_PORT ?? 3117;
test.use({ baseURL: (process.env.PORCHLIGHT_URL ?? `http://127.0.0.1:${port}`).replace("127.0.0.1", "localhost") });

test("without scripts the page says that passkeys need them", async ({ page }) => {
  await page.goto("/sign-in");
  // Chromium's switch for scripts leaves `noscript` unread, so what stands in it cannot be looked for here.
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByText("A passkey needs JavaScript in this browser")).toBeVisible();
  await expect(page.getByLabel("Password", { exact: true })).toBeVisible();
});
