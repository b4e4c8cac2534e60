// HTML reports in a real browser, opened from file://: nothing may leave the page, no error in the console, nothing found by axe-core, everything
// that can be focused is reached by Tab, nothing is wider than the page, the print shows all and no page of it is blank, and text of a stranger
// stays text. Run by reports.py, which fetches what it needs.
//   NODE_PATH=.../node_modules node browser.js [--short] PICTURES_DIRECTORY|- REPORT.html...
const fs = require('fs'), path = require('path');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const focusable = 'a[href]:not([tabindex="-1"]), button, summary, [tabindex="0"]';
const foreign = 'img, iframe, object, embed, link, form, input, video, audio, base, [onerror], [onload], [onclick], [style*="url"]';

/// What can be seen of the page itself, whatever the window.
function looks(foreign) {
  const wrong = [], ids = [...document.querySelectorAll('[id]')].map(element => element.id);
  if (new Set(ids).size !== ids.length) wrong.push('an id stands twice: ' + ids.filter((id, i) => ids.indexOf(id) !== i)[0]);
  for (const link of document.querySelectorAll('a')) {
    const target = link.getAttribute('href');
    if (!target || target[0] !== '#' || !document.getElementById(target.slice(1))) wrong.push('a link leads nowhere: ' + target);
  }
  if (document.scripts.length !== 1) wrong.push(document.scripts.length + ' scripts');
  const strangers = document.querySelectorAll(foreign);
  if (strangers.length) wrong.push('markup of a stranger: ' + strangers[0].outerHTML.slice(0, 100));
  return wrong;
}

async function accessible(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.map(violation => `axe ${violation.impact} ${violation.id}: ${violation.nodes[0].html.slice(0, 120)}`);
}

async function keyboard(page) {
  const count = await page.evaluate(what => document.querySelectorAll(what).length, focusable);
  const reached = new Set();
  for (let i = 0; i < count + 2; ++i) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(what => [...document.querySelectorAll(what)].indexOf(document.activeElement), focusable));
  }
  reached.delete(-1);
  return reached.size < count ? [`Tab reaches ${reached.size} of ${count}`] : [];
}

let sheets = 0;
/// As wide as A4 less its margins: nothing cut off, every fold open, no button. Then the print itself.
async function print(page, file) {
  await page.setViewportSize({ width: 718, height: 1000 });
  await page.emulateMedia({ media: 'print' });
  const wrong = await page.evaluate(() => {
    const wrong = [], width = document.documentElement.clientWidth;
    for (const box of document.querySelectorAll('main *')) {
      const at = box.getBoundingClientRect();
      if (at.width > 0 && at.right > width + 1 && !box.closest('svg')) { wrong.push('cut off in print: ' + box.outerHTML.slice(0, 80)); break; }
    }
    for (const row of document.querySelectorAll('details li')) if (!row.checkVisibility({ contentVisibilityAuto: true }) || row.getBoundingClientRect().height === 0) { wrong.push('a fold is closed in print'); break; }
    for (const button of document.querySelectorAll('button')) if (button.checkVisibility()) { wrong.push('a button is printed'); break; }
    return wrong;
  });
  const pdf = await page.pdf({ format: 'A4', margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' }, ...(file ? { path: file } : {}) });
  if (pdf.length < 10000) wrong.push('the print is empty');
  sheets = Math.max(sheets, (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) || []).length);
  return wrong;
}

async function check(browser, file, shots, windows) {
  const wrong = [], name = path.basename(file, '.html');
  for (const [scheme, width] of windows) {
    const context = await browser.newContext({ viewport: { width, height: 1000 }, colorScheme: scheme, bypassCSP: true });
    const page = await context.newPage();
    const note = what => wrong.push(`${scheme} ${width}: ${what}`);
    page.on('console', message => { if (message.type() === 'error') note('console: ' + message.text()); });
    page.on('pageerror', error => note('script: ' + error.message));
    page.on('dialog', dialog => { note('dialog: ' + dialog.message()); dialog.dismiss(); });
    page.on('request', request => { if (request.url() !== 'file://' + encodeURI(file)) note('request: ' + request.url()); });
    await page.goto('file://' + encodeURI(file));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) note(`the page is ${overflow} pixels too wide`);
    for (const what of [...await page.evaluate(looks, foreign), ...await accessible(page), ...await keyboard(page)]) note(what);
    if (shots !== '-') await page.screenshot({ path: path.join(shots, `${name}-${scheme}-${width}.png`), fullPage: true });
    if (width === windows[0][1]) for (const what of await print(page, shots === '-' ? '' : path.join(shots, `${name}-${scheme}.pdf`))) note(what);
    await context.close();
  }
  return wrong;
}

(async () => {
  const words = process.argv.slice(2), short = words[0] === '--short';
  const [shots, ...files] = short ? words.slice(1) : words;
  const windows = short ? [['light', 360], ['dark', 1440]] : [['light', 360], ['light', 800], ['light', 1440], ['dark', 360], ['dark', 800], ['dark', 1440]];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
  let failures = 0;
  for (const file of files) {
    const wrong = await check(browser, path.resolve(file), shots, windows);
    for (const line of wrong) console.log(path.basename(file) + ': ' + line);
    failures += wrong.length;
  }
  await browser.close();
  console.log(`${files.length} pages, ${failures} failures; the longest is printed on ${sheets} sheets`);
  process.exit(failures || !files.length ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });
