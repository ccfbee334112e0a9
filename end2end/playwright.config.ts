// Journeys run against one server of their own; `scripts/e2e` picks its ports and its data folder.
import { resolve } from "node:path";
import { defineConfig, devices } from "@playwright/test";

const root = resolve(__dirname, "..");
const port = Number(process.env.PORCHLIGHT_E2E_PORT ?? 3117);
/** Pages to train from are served here by the journeys; the server may fetch from it, and from nothing else local. */
const pagesPort = Number(process.env.PORCHLIGHT_E2E_PAGES_PORT ?? 3999);
const given = process.env.PORCHLIGHT_URL;
const baseURL = given ?? `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  // One server, one ledger: journeys wait for each other, so that what one sees is its own doing.
  workers: 1,
  forbidOnly: !!process.env.CI,
  // A journey that passes only the second time is broken.
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: process.env.CI ? [["list"]] : [["list"], ["html", { open: "never", outputFolder: "playwright-report" }]],
  use: {
    baseURL,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.PORCHLIGHT_CHROMIUM ?? "/usr/bin/chromium",
      // Without a sandbox, because Chromium refuses to run as root with one; without calls to its maker's servers.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    {
      name: "desktop",
      testIgnore: /\.(phone|nojs)\.spec\.ts$/,
      use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } },
    },
    {
      name: "phone",
      testMatch: /\.phone\.spec\.ts$/,
      use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 } },
    },
    {
      name: "nojs",
      testMatch: /\.nojs\.spec\.ts$/,
      use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 }, javaScriptEnabled: false },
    },
  ],
  webServer: given
    ? undefined
    : {
        command: `${process.env.PORCHLIGHT_BIN ?? `${root}/target/debug/porchlight`} serve`,
        cwd: root,
        url: `${baseURL}/readyz`,
        reuseExistingServer: false,
        timeout: 60_000,
        stdout: "pipe",
        gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
        env: {
          PORCHLIGHT_ADDR: `127.0.0.1:${port}`,
          PORCHLIGHT_DATA_DIR: process.env.PORCHLIGHT_E2E_DATA ?? `${root}/end2end/test-results/data`,
          PORCHLIGHT_FETCH_ALLOW: `127.0.0.1:${pagesPort}`,
          PORCHLIGHT_MODE: "demo",
          // By a name, which passkeys need.
          PORCHLIGHT_PUBLIC_URL: `http://localhost:${port}`,
        },
      },
});
