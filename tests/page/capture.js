// Devices read by the page in a real browser: the emulated device of tests/dfu behind a navigator.usb. Each run ends with the device's own bytes or with a
// sentence, never with others.
//   NODE_PATH=.../node_modules node capture.js PAGE.html DEVICE.js DUMP PICTURES_DIRECTORY|- RUNS
const fs = require('fs'), path = require('path');
const { launch, open, settled, trouble, saved, address } = require('./pages.js');
const [file, deviceFile, dumpFile, pictures, runs] = process.argv.slice(2);
const scripts = [fs.readFileSync(deviceFile, 'utf8') + '\n' + fs.readFileSync(path.join(__dirname, 'fake_usb.js'), 'utf8')];
const dump = fs.readFileSync(dumpFile);
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }

const stall = 0, silence = 1, short = 2, flip = 3, noise = 4, broken = 5, unplug = 6;
const fixed = [
  ['a Photon of each time', { generation: 0 }], ['', { generation: 1 }], ['', { generation: 2 }], ['', { generation: 3 }], ['a P1', { kind: 1 }],
  ['stalls and a flipped bit', { faults: [[stall, 10, 2, 0], [flip, 60, 1, 99], [short, 90, 1, 0]] }],
  ['unplugged and back', { faults: [[unplug, 120, 1, 2]] }],
  ['an unsure block', { faults: [[noise, 0, 1, 0x08043000]] }],
  ['garbage for descriptors', { garbage: true }],
  ['refuses all', { faults: [[stall, 3, 1000000, 0]] }],
  ['nobody chose', { denies: true }], ['in use', { refuses: 'NetworkError' }], ['not permitted', { refuses: 'SecurityError' }],
  ['its own map forbids it', { map: '@Internal Flash   /0x08000000/04*016Kd' }],
];

/// The same seed, the same runs.
function random(seed) { let state = seed; return below => { state = (state * 1103515245 + 12345) & 0x7fffffff; return state % below; }; }
function chanceRun(seed) {
  const chance = random(seed + 1), faults = [];
  for (let count = chance(4); count >= 0; --count) faults.push([[stall, short, flip, broken, unplug, stall][chance(6)], chance(500), 1 + chance(3), chance(3)]);
  return ['chance ' + seed, { generation: chance(4), kind: chance(5) === 0 ? 1 : 0, faults }];
}

async function run(page, name, wishes) {
  await page.evaluate(() => { document.getElementById('trouble').hidden = document.getElementById('step-result').hidden = true; session.captured = null; session.files = []; });
  await page.evaluate(() => photopsy.tell('forget'));
  await page.evaluate(async ([bytes, wishes]) => { await emulate(Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0)), wishes); }, [dump.toString('base64'), wishes]);
  await page.click('#connect');
  await settled(page);
  const captured = await page.evaluate(() => (session.captured ? { bytes: btoa(session.captured.bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')), record: new TextDecoder().decode(session.captured.record) } : null));
  const sentence = await trouble(page);
  if (!captured) {
    check(sentence.length > 20, `${name}: neither a dump nor a sentence`);
    return 'sentence';
  }
  const bytes = Buffer.from(captured.bytes, 'base64'), unstable = JSON.parse(captured.record).unstable;
  for (const { address: at, length } of unstable) dump.copy(bytes, Number(at) - 0x08000000, Number(at) - 0x08000000, Number(at) - 0x08000000 + length);
  check(bytes.equals(dump), `${name}: a wrong dump`);
  check(await page.evaluate(() => emulated.trespasses()) === 0, `${name}: the device was asked for what is not allowed`);
  check(await page.evaluate(() => emulated.state()) === 2, `${name}: the device is not left idle`);
  return 'dump';
}

/// Stop keeps what was read; the next capture goes on there.
async function stopAndGoOn(page) {
  await page.evaluate(async bytes => { await photopsy.tell('forget'); session.captured = null; document.getElementById('trouble').hidden = document.getElementById('step-result').hidden = true; await emulate(Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0)), { delay: 4 }); }, dump.toString('base64'));
  await page.click('#connect');
  await page.waitForTimeout(900);
  if (pictures !== '-') await page.screenshot({ path: path.join(pictures, 'reading.png') });
  await page.click('#stop');
  await settled(page);
  check(/KiB were read and are kept/.test(await trouble(page)), 'a stopped capture says what it keeps: ' + await trouble(page));
  await page.click('#connect');
  await page.waitForSelector('#step-result:not([hidden])', { timeout: 120000 });
  await page.click('#more-files summary');
  check((await saved(page, '#save-dump')).equals(dump), 'the dump that is saved is the device\'s');
}

(async () => {
  const browser = await launch(), ends = { dump: 0, sentence: 0 };
  const { page, wrong, close } = await open(browser, address(file), { scripts });
  const began = Date.now();
  for (const [name, wishes] of [...fixed, ...Array.from({ length: Number(runs) }, (_, seed) => chanceRun(seed))]) ++ends[await run(page, name, wishes)];
  const seconds = (Date.now() - began) / 1000;
  await stopAndGoOn(page);
  check(wrong.length === 0, 'complaints: ' + wrong[0]);
  await close();
  await browser.close();
  console.log(`${ends.dump} dumps, ${ends.sentence} sentences in ${seconds.toFixed(0)} s; ${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });
