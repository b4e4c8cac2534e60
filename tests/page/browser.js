// The page in a real browser: every report has the program's bytes, nothing is asked of any network, and nobody is kept from using it.
//   NODE_PATH=.../node_modules node browser.js PAGE.html JOBS.json PICTURES_DIRECTORY|-
// JOBS.json (page.py writes it): [{files, hostile, expected: {format: file}}]; what is told on standard output is a failure a line and a summary.
const fs = require('fs'), http = require('http'), path = require('path');
const { launch, open, give, settled, trouble, saved, barriers, address } = require('./pages.js');
const [file, jobsFile, pictures] = process.argv.slice(2);
const jobs = JSON.parse(fs.readFileSync(jobsFile, 'utf8'));
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }

async function reports(browser, url) {
  const { page, wrong, close } = await open(browser, url);
  const visited = await page.evaluate(() => history.length);
  for (const job of jobs) {
    const name = path.basename(path.dirname(job.files[0])) + '/' + path.basename(job.files[0]);
    await give(page, job.files);
    check(await trouble(page) === '', name + ': ' + await trouble(page));
    for (const [format, expected] of Object.entries(job.expected)) {
      const told = await page.evaluate(which => photopsy.text('report', which), format);
      check(told === fs.readFileSync(expected, 'utf8'), `${name}: ${format} is not the program's`);
    }
    check(await page.textContent('#verdict') !== '', name + ': no verdict');
    const strangers = await page.evaluate(() => document.querySelectorAll('main img, main script, main [onerror]').length);
    check(strangers === 0, name + ': markup of a stranger');
  }
  check(await page.evaluate(() => history.length) === visited, 'Back leaves the page: no old report comes under a new verdict');
  check(wrong.length === 0, url.slice(0, 10) + ': ' + wrong[0]);
  await close();
}

/// What is saved and copied.
async function saves(browser, url) {
  const { page, wrong, close } = await open(browser, url, { permissions: ['clipboard-read', 'clipboard-write'] });
  const job = jobs.find(each => each.saves);
  await give(page, job.files);
  await page.click('#copy');
  await page.waitForSelector('#saved:not(:empty)');
  check(await page.evaluate(() => navigator.clipboard.readText()) === fs.readFileSync(job.expected.markdown, 'utf8'), 'the copy for the forum is the Markdown report');
  check((await saved(page, '#save-report')).equals(fs.readFileSync(job.expected.html)), 'the saved report is the HTML report');
  check((await saved(page, '#save-ticket')).equals(fs.readFileSync(job.saves.ticket)), 'the ticket is the program\'s');
  await page.click('#more-files summary');
  check((await saved(page, '#save-json')).equals(fs.readFileSync(job.expected.json)), 'the saved JSON is the program\'s');
  check((await saved(page, '#save-key')).equals(fs.readFileSync(job.saves.key)), 'the recovered key is the program\'s');
  check(await page.isHidden('#save-dump-row'), 'a file that was given is not offered again');
  check(wrong.length === 0, 'while saving: ' + wrong[0]);
  await close();
}

async function accessible(page, where) {
  const found = await barriers(page);
  check(found.length === 0, `axe, ${where}: ${found[0]}`);
}
async function looks(browser, url, scheme, width) {
  const where = `${scheme} ${width}`;
  const { page, wrong, close } = await open(browser, url, { colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true, reducedMotion: width === 360 ? 'reduce' : 'no-preference' });
  const picture = async name => { if (pictures !== '-') await page.screenshot({ path: path.join(pictures, `${name}-${scheme}-${width}.png`), fullPage: true }); };
  const wide = async name => check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${where}: ${name} is too wide`);
  await picture('begin');
  await wide('the beginning');
  await accessible(page, where + ', beginning');
  await page.click('#prove');
  await page.click('#about-open');
  await page.waitForFunction(() => document.getElementById('notices').textContent.includes('OpenSSL'));
  await page.click('#about-open');
  await page.check('input[name=light] >> nth=3', { force: true });
  await page.waitForFunction(() => document.getElementById('light-says').textContent.includes('three orange'));
  await page.fill('#light-words', 'like a disco');
  await page.press('#light-words', 'Enter');
  await page.waitForFunction(() => document.getElementById('light-says').textContent.includes('not clear'));
  await page.fill('#light-words', 'three times orange');
  await page.click('#light-set');
  await page.waitForFunction(() => document.getElementById('light-says').textContent.startsWith('Taken'));
  await give(page, jobs[0].files);
  check(await page.evaluate(() => document.activeElement.id) === 'verdict', where + ': the verdict has the focus');
  await page.click('#more-files summary');
  await page.waitForTimeout(500);
  await picture('verdict');
  await wide('the verdict');
  await accessible(page, where + ', verdict');
  check((await page.textContent('#news')).length > 10, where + ': the verdict is told to a screen reader');
  await page.waitForFunction(() => document.getElementById('report').offsetHeight > 1500); // the report is shown whole
  check(wrong.length === 0, where + ': ' + wrong[0]);
  await close();
}

/// Everything that can be used is reached by Tab.
async function keyboard(browser, url) {
  const { page, close } = await open(browser, url);
  const wanted = await page.evaluate(() => [...document.querySelectorAll('button, summary, input, a[href]')].filter(one => one.checkVisibility() && one.type !== 'radio').length);
  const reached = new Set();
  for (let presses = 0; presses < wanted + 12; ++presses) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => { const one = document.activeElement; return one.type === 'radio' ? 'radio' : (one.id || one.textContent.slice(0, 30)); }));
  }
  check(reached.size >= wanted, `Tab reaches ${reached.size} of ${wanted}`);
  await close();
}

/// Nothing that is no dump keeps the page from saying so.
async function hostile(browser, url) {
  const { page, wrong, close } = await open(browser, url);
  const folder = path.dirname(jobsFile), bad = '<img src=x onerror=alert(1)>.zip';
  fs.writeFileSync(path.join(folder, bad), Buffer.from('PK\x03\x04 and then nothing of it', 'latin1'));
  await give(page, [path.join(folder, bad)]);
  check((await trouble(page)).includes('<img'), 'a broken archive is told by its name, as text');
  check((await trouble(page)).includes('connect the device'), 'and what to do then is told');
  await give(page, jobs[0].files);
  check(await page.isVisible('#step-result'), 'a dump after it has a verdict');
  await page.setInputFiles('#files', [path.join(folder, bad)]);
  await settled(page);
  check(await page.isHidden('#step-result') && (await trouble(page)).includes('<img'), 'and a broken archive after that takes the verdict away');
  fs.writeFileSync(path.join(folder, 'empty.bin'), '');
  await give(page, [path.join(folder, 'empty.bin')]);
  check(await page.isVisible('#step-result'), 'an empty file has a verdict');
  check(wrong.length === 0, 'hostile: ' + wrong[0]);
  await close();
}

(async () => {
  const server = http.createServer((request, response) => { response.setHeader('Content-Type', 'text/html; charset=utf-8'); response.end(fs.readFileSync(file)); });
  await new Promise(ready => server.listen(0, '127.0.0.1', ready));
  const local = `http://localhost:${server.address().port}/`, browser = await launch();
  await reports(browser, address(file));
  await saves(browser, local);
  await hostile(browser, address(file));
  await keyboard(browser, address(file));
  const windows = process.env.PHOTOPSY_FULL > 0 ? [['light', 320], ['light', 360], ['dark', 360], ['light', 800], ['dark', 800], ['light', 1440], ['dark', 1440]] : [['light', 360], ['dark', 1440]];
  for (const [scheme, width] of windows) await looks(browser, address(file), scheme, width);
  await browser.close();
  server.close();
  console.log(`${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });
