// Opens the page of an edition in Chromium at three widths, light, dark and printed: axe-core finds nothing serious,
// nothing is wider than the screen. `page.mjs PAGE [PICTURES]`; pictures are kept where a folder is named.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [page, pictures] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
let failed = 0;
for (const width of [360, 800, 1280]) {
  for (const scheme of ["light", "dark"]) {
    const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const asked = [];
    tab.on("request", (request) => asked.push(request.url()));
    await tab.goto(`file://${resolve(page)}`);
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const serious = found.violations.filter((v) => ["serious", "critical"].includes(v.impact));
    const others = found.violations.length - serious.length;
    const loaded = asked.filter((url) => !url.startsWith("file://") && !url.startsWith("data:"));
    if (serious.length || over > 0 || loaded.length) failed += 1;
    console.log(`${width} ${scheme}: overflow ${over}, serious ${serious.map((v) => `${v.id} (${v.nodes[0].html})`).join("; ") || "none"}, minor ${others}, loaded ${loaded.length}`);
    if (pictures) await tab.screenshot({ path: `${pictures}/page-${width}-${scheme}.png`, fullPage: true });
    await tab.close();
  }
}
const tab = await browser.newPage();
await tab.goto(`file://${resolve(page)}`);
const printed = await tab.pdf({ path: pictures ? `${pictures}/page-print.pdf` : undefined, preferCSSPageSize: true });
console.log(`print: ${Math.round(printed.length / 1024)} KiB`);
await browser.close();
process.exit(failed ? 1 : 0);
