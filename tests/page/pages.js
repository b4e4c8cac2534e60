// What the tests of the page share: a browser, a page that fails on any request or complaint, and hands that use it.
const fs = require('fs'), path = require('path');
const { chromium } = require('playwright-core');

async function launch(more = []) {
  const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: [...quiet, ...more] });
}

/// A page and the list of all that is wrong with it: requests, policy violations, errors of the console.
async function open(browser, address, { scripts = [], ...options } = {}) {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const page = await context.newPage(), wrong = [];
  page.on('console', message => { if (message.type() === 'error' || /Content Security Policy/i.test(message.text())) wrong.push('console: ' + message.text().slice(0, 300)); });
  page.on('pageerror', error => wrong.push('script: ' + error.message.slice(0, 300)));
  page.on('dialog', dialog => { wrong.push('dialog: ' + dialog.message()); dialog.dismiss(); });
  page.on('request', request => { if (request.url() !== address && !/^(blob:|data:|about:)/.test(request.url())) wrong.push('request: ' + request.url().slice(0, 200)); });
  for (const content of scripts) await page.addInitScript({ content });
  await page.goto(address);
  await page.waitForSelector('html[data-ready=yes]', { timeout: 120000 });
  return { page, wrong, close: () => context.close() };
}

/// Chooses files and waits for a verdict or a sentence.
async function give(page, files) {
  await page.evaluate(() => { document.getElementById('step-result').hidden = true; });
  await page.setInputFiles('#files', files);
  await settled(page);
}
const settled = page => page.waitForSelector('html:not([data-busy]) #step-result:not([hidden]), html:not([data-busy]) #trouble:not([hidden])', { timeout: 120000 });
const trouble = page => page.evaluate(() => (document.getElementById('trouble').hidden ? '' : document.getElementById('trouble').innerText));

/// Waits until something is true in the page. (The page's policy forbids the browser's own way to wait.)
async function until(page, truth, what, milliseconds = 180000) {
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    if (await page.evaluate(truth)) return;
    await page.waitForTimeout(50);
  }
  throw new Error('waited in vain for ' + what);
}

/// What keeps people from using the page as it stands now, by axe-core. The page must be open with its policy out of the way (bypassCSP).
async function barriers(page) {
  const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  return page.evaluate(async source => {
    (0, eval)(source);
    return (await window.axe.run(document, { resultTypes: ['violations'], iframes: false })).violations.map(one => `${one.impact} ${one.id}: ${one.nodes[0].html.slice(0, 140)}`);
  }, axe);
}

/// The bytes that a button hands to the browser to save.
async function saved(page, button, ending = '') {
  const wanted = download => download.suggestedFilename().endsWith(ending);
  const [download] = await Promise.all([page.waitForEvent('download', wanted), page.click(button)]);
  return fs.readFileSync(await download.path());
}

module.exports = { launch, open, give, settled, trouble, saved, until, barriers, address: file => 'file://' + path.resolve(file).split('/').map(encodeURIComponent).join('/') };
