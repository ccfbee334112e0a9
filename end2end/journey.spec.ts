// The main job, end to end: from a realtor's registration to a buyer's answered question, paid for in the ledger.
import { devices } from "@playwright/test";
import { expect, pdf, readCode, register, servePages, test, watch } from "./support";

test("a listing answers a buyer", async ({ page, browser, troubles }) => {
  test.setTimeout(180_000);
  const { address, server } = await servePages();
  try {
    await register(page, "Maya");

    // Wizard: each step is kept, and survives a reload.
    await page.goto("/console/bots/new");
    await page.getByLabel("Name").fill("Juniper Lane assistant");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await expect(page).toHaveURL(/\/setup\/voice$/);
    await page.getByLabel("Greeting").fill("Hello, I am an AI assistant. Ask me about 418 Juniper Lane.");
    // The preview follows what is typed, before it is saved.
    await expect(page.frameLocator("iframe").locator(".greeting .said")).toContainText("Ask me about 418 Juniper Lane.");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await expect(page).toHaveURL(/\/setup\/property$/);
    await page.getByLabel("Street address").fill("418 Juniper Lane");
    await page.getByLabel("City").fill("Fairview");
    await page.getByLabel("State").fill("OR");
    await page.getByLabel("ZIP").fill("97024");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await expect(page).toHaveURL(/\/setup\/knowledge$/);
    await page.goBack();
    await expect(page.getByLabel("Street address")).toHaveValue("418 Juniper Lane");
    await page.goForward();
    await page.reload();

    // Knowledge: a page and a PDF, read in the background.
    await page.getByLabel("Address of the page").fill(`${address}/listing.html`);
    await page.getByRole("button", { name: "Read page" }).click();
    await expect(page.getByText(/^(\d+ facts?, )?\d+ passages?$/).first()).toBeVisible({ timeout: 30_000 });
    // A file that was forgotten is asked for; what is typed beside it stays.
    await page.getByLabel("Text").fill("The dog next door is called Biscuit.");
    await page.getByRole("button", { name: "Upload" }).click();
    await expect(page.getByText("Choose a file: PDF, DOCX, HTML, TXT, or a photo as JPEG, PNG or WebP.").last()).toBeVisible();
    const notes = pdf([
      "Owner's notes for 418 Juniper Lane.",
      "The roof was replaced in 2019 with architectural shingles.",
      "The water heater was installed in 2022.",
    ]);
    await page.getByLabel("File").setInputFiles({ name: "notes.pdf", mimeType: "application/pdf", buffer: notes });
    await page.getByRole("button", { name: "Upload" }).click();
    await expect(page.getByText(/^(\d+ facts?, )?\d+ passages?$/)).toHaveCount(2, { timeout: 30_000 });
    await expect(page.getByLabel("Text")).toHaveValue("The dog next door is called Biscuit.");
    // Both sources have been charged for, and the page says so without a reload.
    await expect(page.locator("#balance")).toContainText("980");

    // Review and publish.
    await page.getByRole("link", { name: /go on|review|continue/i }).last().click();
    await expect(page).toHaveURL(/\/setup\/review$/);
    await page.getByRole("button", { name: "Publish" }).click();
    await expect(page.getByText(/published/i).first()).toBeVisible();

    // A code, read as a phone reads it.
    await page.goto("/console/codes");
    await page.getByLabel("Where it will hang").fill("Yard sign");
    await page.getByRole("button", { name: /make|create/i }).last().click();
    await expect(page).toHaveURL(/\/console\/codes\/[0-9a-f-]{36}$/);
    await expect(page.getByText("Yard sign").first()).toBeVisible();
    const png = await page.locator('a[href*=".png"]').first().getAttribute("href");
    const image = await page.request.get(png!);
    expect(image.headers()["content-type"]).toBe("image/png");
    const scanned = readCode(await image.body());
    expect(scanned).toMatch(/\/q\/[a-z0-9]{10}$/);

    // The buyer, on a phone of their own.
    const phone = await browser.newContext({ ...devices["Pixel 7"], viewport: { width: 390, height: 844 } });
    const buyer = await phone.newPage();
    watch(buyer, troubles);
    await buyer.goto(scanned);
    await expect(buyer).toHaveURL(/\/p\/[a-z0-9-]+\?c=/);
    await expect(buyer.getByRole("heading", { level: 1 })).toContainText("418 Juniper Lane");
    await expect(buyer.getByText("AI assistant of Maya Reyes").first()).toBeVisible();
    const photo = buyer.locator(".photos img").first();
    await expect(photo).toBeVisible();
    expect(await photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(900);
    const ask = async (question: string, answer: RegExp) => {
      await buyer.getByLabel("Your question").fill(question);
      await buyer.getByRole("button", { name: "Send" }).click();
      await expect(buyer.locator("#turns > li").last().locator(".said")).toContainText(answer, { timeout: 20_000 });
    };
    await ask("What is the asking price?", /\$625,000/);
    await ask("When was the roof replaced?", /2019/);
    await ask("How much is the HOA fee?", /\$85/);
    await ask("Is there a wine cellar?", /don.t have that/i);
    // A citation opens the quoted words.
    const cite = buyer.locator("details.cite").first();
    await cite.locator("summary").click();
    await expect(cite.locator(".origin")).toBeVisible();
    // What was asked is there after a reload.
    await buyer.reload();
    await expect(buyer.locator("#turns > li")).toHaveCount(4);

    // One more question by the plain form, without any script.
    const plain = await browser.newContext({ ...devices["Pixel 7"], javaScriptEnabled: false });
    const reader = await plain.newPage();
    watch(reader, troubles);
    await reader.goto(buyer.url());
    await reader.getByLabel("Your question").fill("How many bedrooms are there?");
    await reader.getByRole("button", { name: "Send" }).click();
    await expect(reader.locator("#turns > li").last().locator(".said")).toContainText(/4|four/i);
    await plain.close();

    // The buyer leaves a way to be reached.
    await buyer.locator("[data-lead]").first().click();
    await buyer.getByLabel("Your name").fill("Sam Buyer");
    await buyer.getByLabel(/^Email/).fill("sam@example.com");
    await buyer.getByRole("button", { name: "Send to Maya" }).click();
    await expect(buyer.getByText(/thank you/i).first()).toBeVisible();
    await phone.close();

    // The realtor sees the lead, the conversation and what it cost.
    await page.goto("/console/leads");
    await expect(page.getByText("Sam Buyer")).toBeVisible();
    await page.goto("/console/conversations");
    await expect(page.getByText("What is the asking price?").first()).toBeVisible();
    await page.goto("/console/credits");
    // 1,000 granted; a bot 10, two sources 5 each, four answers 1 each, one counted scan 1.
    await expect(page.getByText("975").first()).toBeVisible();
  } finally {
    server.close();
  }
});
