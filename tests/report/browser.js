// HTML reports in a real browser: opened from file://, nothing may leave the page, no error in the console, nothing serious found by axe-core,
// everything that can be focused is reached by Tab. Not part of CTest: needs Chromium, playwright-core and axe-core.
//   NODE_PATH=.../node_modules node tests/report/browser.js SCREENSHOTS_DIRECTORY REPORT.html...
const fs = require('fs'), path = require('path');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

async function check(browser, file, shots) {
  const wrong = [];
  for (const [scheme, width] of [['light', 360], ['light', 800], ['light', 1440], ['dark', 1440]]) {
    const context = await browser.newContext({ viewport: { width, height: 1000 }, colorScheme: scheme, bypassCSP: true });
    const page = await context.newPage();
    page.on('console', message => { if (message.type() === 'error') wrong.push('console: ' + message.text()); });
    page.on('pageerror', error => wrong.push('script: ' + error.message));
    page.on('dialog', dialog => { wrong.push('dialog: ' + dialog.message()); dialog.dismiss(); });
    page.on('request', request => { if (request.url() !== 'file://' + file) wrong.push('request: ' + request.url()); });
    await page.goto('file://' + file);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) wrong.push(`${scheme} ${width}: the page is ${overflow} pixels too wide`);
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const violation of result.violations) wrong.push(`${scheme} ${width}: axe ${violation.impact} ${violation.id}: ${violation.nodes[0].html.slice(0, 120)}`);
    const focusable = await page.evaluate(() => document.querySelectorAll('a[href], button, summary, [tabindex="0"]').length);
    const reached = new Set();
    for (let i = 0; i < focusable + 2; ++i) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => { const all = [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]; return all.indexOf(document.activeElement); }));
    }
    reached.delete(-1);
    if (reached.size < focusable) wrong.push(`${scheme} ${width}: Tab reaches ${reached.size} of ${focusable}`);
    await page.screenshot({ path: path.join(shots, `${path.basename(file, '.html')}-${scheme}-${width}.png`), fullPage: true });
    if (width === 800) await page.pdf({ path: path.join(shots, path.basename(file, '.html') + '.pdf') });
    await context.close();
  }
  return wrong;
}

(async () => {
  const [shots, ...files] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
  let failures = 0;
  for (const file of files) {
    const wrong = await check(browser, path.resolve(file), shots);
    for (const line of wrong) console.log(path.basename(file) + ': ' + line);
    failures += wrong.length;
  }
  await browser.close();
  console.log(`${files.length} pages, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})();
