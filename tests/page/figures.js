// What the page costs: memory beside an empty page of the same browser, and time. Only the module's own memory has a limit here: what the browser takes around it is
// told, and times mean something on a quiet machine.
//   NODE_PATH=.../node_modules node figures.js PAGE.html DEVICE.js DUMP ROUNDS
const fs = require('fs'), os = require('os'), path = require('path');
const { launch, settled, address } = require('./pages.js');
const [file, deviceFile, dumpFile, rounds] = process.argv.slice(2);
const script = fs.readFileSync(deviceFile, 'utf8') + '\n' + fs.readFileSync(path.join(__dirname, 'fake_usb.js'), 'utf8');
const dump = fs.readFileSync(dumpFile).toString('base64'), limit = 32;
const median = list => list.sort((a, b) => a - b)[list.length >> 1];

const names = { empty: 'memory of an empty page with a worker and a frame, MiB', one: 'memory behind one analysis, MiB', module: 'of it the module, MiB' };

/// The browser draws the list under its address bar in a renderer too, which is no part of any page.
const isOfBrowser = id => fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('--top-chrome-webui');

/// What the renderers of a page hold for themselves, in MiB: memory that is shared with other processes (the browser's own program) does not count.
async function held(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  let sum = 0;
  for (const { id } of processInfo.filter(each => each.type === 'renderer' && !isOfBrowser(each.id)))
    for (const found of fs.readFileSync(`/proc/${id}/smaps_rollup`, 'utf8').matchAll(/^(?:Private_Clean|Private_Dirty|SwapPss): +(\d+)/gm)) sum += Number(found[1]) / 1024;
  return sum;
}
const settle = page => page.waitForTimeout(1500);

/// In the page: milliseconds from the file to the verdict on the screen.
async function verdictOf(text) {
  const list = [new File([fromBase64(text)], 'dump.bin')], heading = document.getElementById('verdict');
  const shown = new Promise(done => new MutationObserver(() => done(performance.now())).observe(heading, { childList: true }));
  const start = performance.now(), all = takeFiles(list), time = await shown - start;
  await all;
  return time;
}

const emptyPage = '<!DOCTYPE html><title>empty</title><iframe sandbox="allow-scripts" srcdoc="empty"></iframe><script>new Worker(URL.createObjectURL(new Blob([""])))</script>';

/// A browser of its own for each page: what one leaves behind is not the other's.
async function opened(where) {
  const browser = await launch(['--no-startup-window', '--disable-features=SpareRendererForSitePerProcess']), session = await browser.newBrowserCDPSession();
  const page = await browser.newPage(), began = Date.now();
  await page.goto(where);
  return { browser, session, page, began };
}

async function once(figures, empty) {
  const note = (name, value) => (figures[name] = figures[name] || []).push(value);
  const plain = await opened(address(empty));
  await settle(plain.page);
  note(names.empty, await held(plain.session));
  await plain.browser.close();
  const { browser, session, page, began } = await opened(address(file));
  await page.waitForSelector('html[data-ready=yes]');
  note('opened to ready, ms', Date.now() - began);
  await settle(page);
  note('memory when ready, MiB', await held(session));
  await page.setInputFiles('#files', dumpFile); // as a person chooses it: a dump that the test hands over would itself be memory of the page
  await settled(page);
  await settle(page);
  note(names.one, await held(session));
  await page.evaluate(script);
  for (let times = 0; times < 5; ++times) note('one dump to the verdict, ms', await page.evaluate(verdictOf, dump));
  await settle(page);
  note('memory behind six analyses, MiB', await held(session));
  note(names.module, await page.evaluate(() => photopsy.held()) / 1048576);
  await page.evaluate(text => emulate(fromBase64(text), {}), dump);
  note('1 MiB read twice, ms', await page.evaluate(async () => {
    const start = performance.now(), old = session.captured;
    byId('connect').click();
    while (session.captured === old) await new Promise(done => setTimeout(done, 2));
    return performance.now() - start;
  }));
  await browser.close();
}

(async () => {
  const figures = {}, folder = fs.mkdtempSync(path.join(os.tmpdir(), 'photopsy-figures-')), empty = path.join(folder, 'empty.html');
  fs.writeFileSync(empty, emptyPage);
  for (let round = 0; round < Number(rounds); ++round) await once(figures, empty);
  fs.rmSync(folder, { recursive: true });
  for (const [name, list] of Object.entries(figures)) console.log(`${name}: ${median(list).toFixed(1)} (${Math.min(...list).toFixed(1)} to ${Math.max(...list).toFixed(1)})`);
  const more = median(figures[names.one]) - median(figures[names.empty]);
  console.log(`more than the empty page: ${more.toFixed(1)} MiB`);
  process.exit(median(figures[names.module]) <= limit ? 0 : 1);
})().catch(error => { console.log(String(error)); process.exit(1); });
