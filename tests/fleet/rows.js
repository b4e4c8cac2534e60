// The page of triage with very many rows in a real browser, opened from file://: words, outcomes, stories and orders choose and arrange the rows that they
// should, nothing leaves the page, no error in the console, nothing found by axe-core. How long a filter takes is told, not judged: see docs/fleet.md.
//   NODE_PATH=.../node_modules node rows.js PAGE.html EXPECTED.json
const fs = require('fs'), path = require('path');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const assert = require('assert');

/// Does it in the page, waits until the browser has drawn it, and gives back the milliseconds.
async function drawn(page, action, argument) {
  return page.evaluate(async ([source, argument]) => {
    const begun = performance.now();
    (0, eval)('(' + source + ')')(argument);
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - begun;
  }, [action.toString(), argument]);
}

const type = ([field, text]) => { const input = document.getElementById(field); input.value = text; input.dispatchEvent(new Event(field === 'outcome' ? 'change' : 'input')); };
const counted = async page => Number((await page.textContent('#count')).split(' ')[0]);
const column = (page, number) => page.$$eval('#rows tr', (rows, number) => rows.map(row => row.cells[number].textContent), number);

async function choose(page, expected, times) {
  for (const [word, count] of Object.entries(expected.words)) {
    for (const end of [1, word.length >> 1, word.length]) times.push(await drawn(page, type, ['words', word.slice(0, end)]));
    assert.equal(await counted(page), count, word);
    times.push(await drawn(page, type, ['words', '']));
  }
  for (const [outcome, count] of Object.entries(expected.outcomes)) {
    times.push(await drawn(page, type, ['outcome', outcome]));
    assert.equal(await counted(page), count, outcome);
    assert.ok((await column(page, 1)).every(shown => shown === outcome));
  }
  times.push(await drawn(page, type, ['outcome', '']));
  times.push(await drawn(page, type, ['group', '1']));
  assert.equal(await counted(page), expected.first_story);
  times.push(await drawn(page, type, ['group', '']));
  assert.equal(await counted(page), expected.rows);
}

async function arrange(page, times) {
  for (const number of [0, 3]) {
    for (const down of [false, true]) {
      times.push(await drawn(page, number => document.querySelectorAll('th button')[number].click(), number));
      const shown = await column(page, number), sorted = [...shown].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
      assert.deepEqual(shown, down ? sorted.reverse() : sorted);
    }
  }
  const before = (await column(page, 0)).length;
  await page.click('#more');
  assert.ok((await column(page, 0)).length > before);
}

(async () => {
  const [file, expectations] = process.argv.slice(2), expected = JSON.parse(fs.readFileSync(expectations));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
  const wrong = [], times = [];
  for (const [scheme, width] of [['light', 1440], ['dark', 360]]) {
    const context = await browser.newContext({ viewport: { width, height: 1000 }, colorScheme: scheme, bypassCSP: true });
    const page = await context.newPage(), here = 'file://' + encodeURI(path.resolve(file));
    page.on('console', message => { if (message.type() === 'error') wrong.push('console: ' + message.text()); });
    page.on('pageerror', error => wrong.push('script: ' + error.message));
    page.on('request', request => { if (request.url() !== here) wrong.push('request: ' + request.url()); });
    await page.goto(here);
    assert.equal(await counted(page), expected.rows);
    await choose(page, expected, times);
    await arrange(page, times);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) wrong.push(`the page is ${overflow} pixels too wide at ${width}`);
    await page.evaluate(axe);
    for (const found of (await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))).violations)
      wrong.push(`axe ${found.impact} ${found.id}: ${found.nodes[0].html.slice(0, 120)}`);
    await context.close();
  }
  await browser.close();
  times.sort((a, b) => a - b);
  console.log(`${expected.rows} rows, ${times.length} answers: median ${times[times.length >> 1].toFixed(0)} ms, longest ${times[times.length - 1].toFixed(0)} ms`);
  for (const line of wrong) console.log(line);
  process.exit(wrong.length ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });
