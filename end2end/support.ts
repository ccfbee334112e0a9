// What every journey shares: a page that fails on any trouble, a place to train from, and readers for codes.
import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import jsQR from "jsqr";
import { PNG } from "pngjs";

export { expect };

/** Collects everything that must not happen on a page: console errors, script errors, failed or refused requests. */
export function watch(page: Page, troubles: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // A stream or a page that the journey itself leaves is no failure, nor a script that a browser without scripts leaves out.
    if (!reason.includes("ERR_ABORTED") && reason !== "csp") troubles.push(`request: ${request.url()} ${reason}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) troubles.push(`response: ${response.status()} ${response.url()}`);
  });
}

/** `page` fails the journey on any trouble, unless the journey takes it out of `troubles` as expected. */
export const test = base.extend<{ troubles: string[] }>({
  troubles: async ({}, use) => {
    const troubles: string[] = [];
    await use(troubles);
    expect(troubles, "nothing went wrong on the pages").toEqual([]);
  },
  page: async ({ page, troubles }, use) => {
    watch(page, troubles);
    await use(page);
  },
});

const fixtures = resolve(__dirname, "fixtures");

/** Serves `fixtures/` on the port that the server under test may fetch from. */
export async function servePages(): Promise<{ address: string; server: Server }> {
  const port = Number(process.env.PORCHLIGHT_E2E_PAGES_PORT ?? 3999);
  const server = createServer((request, response) => {
    if (request.url === "/listing.html") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(readFileSync(resolve(fixtures, "listing.html")));
    } else if (request.url === "/front.png") {
      response.writeHead(200, { "content-type": "image/png" });
      response.end(photo());
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${port}`, server };
}

/** A picture of the size of a photo: sky over grass. */
function photo(): Buffer {
  const picture = new PNG({ width: 900, height: 600 });
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const colour = y < 380 ? [120, 170, 225 - y / 8] : [70, 130 + (y - 380) / 4, 60];
      picture.data.set([...colour, 255], (y * picture.width + x) * 4);
    }
  }
  return PNG.sync.write(picture);
}

/** A one-page PDF that says each of `lines` on a line of its own. */
export function pdf(lines: string[]): Buffer {
  const escape = (line: string) => line.replace(/([\\()])/g, "\\$1");
  const text = lines.map((line) => `(${escape(line)}) Tj 0 -18 Td`).join("\n");
  const content = `BT /F1 12 Tf 72 720 Td\n${text}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  let out = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = out.length;
    out += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  out += offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}

/** What a code says, read as a phone would. */
export function readCode(png: Buffer): string {
  const image = PNG.sync.read(png);
  const found = jsQR(new Uint8ClampedArray(image.data), image.width, image.height);
  if (!found) throw new Error("the code cannot be read");
  return found.data;
}

export const PASSWORD = "a quiet street at dusk";

/** Registers a realtor and ends on the console. */
export async function register(page: Page, name: string): Promise<string> {
  const email = `${name.toLowerCase()}-${Date.now()}@example.com`;
  await page.goto("/register");
  await page.getByLabel("Your agency or your own name").fill(`${name} Homes`);
  await page.getByLabel("First name").fill(name);
  await page.getByLabel("Last name").fill("Reyes");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("main form button[type=submit], main form .btn").last().click();
  await expect(page).toHaveURL(/\/console/);
  return email;
}
