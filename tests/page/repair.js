// Devices repaired by the page in a real browser, behind a navigator.usb: from the plan to the verdict, through consents, a new key, a RESET and a start in between,
// through a page that is closed, a device that leaves and a power that fails, always with the flash that the program leaves.
//   NODE_PATH=.../node_modules node repair.js PAGE.html DEVICE.js JOBS.json PICTURES_DIRECTORY|- CUTS
// JOBS.json: see repairs.py.
const fs = require('fs'), path = require('path'), os = require('os'), crypto = require('crypto');
const { launch, open, settled, trouble, saved, until, barriers, address } = require('./pages.js');
const hands = require('./repair_hands.js');
const { interruption } = require('./interruptions.js');
const [file, deviceFile, jobsFile, pictures, cuts] = process.argv.slice(2);
const scripts = [fs.readFileSync(deviceFile, 'utf8') + '\n' + fs.readFileSync(path.join(__dirname, 'fake_usb.js'), 'utf8')];
const jobs = JSON.parse(fs.readFileSync(jobsFile, 'utf8')), scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'photopsy-page-'));
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }
const world = { check, scratch, scripts, url: address(file) };

const looks = [['light', 360], ['dark', 800], ['light', 1440], ['dark', 360], ['light', 800], ['dark', 1440]];
/// Everything that can be seen: nothing is too wide, nothing keeps people out.
async function look(page, name) {
  if (pictures !== '-') await page.screenshot({ path: path.join(pictures, name + '.png'), fullPage: true });
  const found = await barriers(page);
  check(found.length === 0, `${name}: axe: ${found[0]}`);
  check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name}: wider than the window`);
}

/// A RESET after which the browser wants to be asked anew, and a person who chooses another device first.
async function resetAndReconnect(page, job, name) {
  await page.waitForSelector('#reset-done:not([hidden])', { timeout: 180000 });
  await look(page, name + '-reset');
  await page.evaluate(() => emulated.resetIntoDfu());
  await page.click('#reset-done');
  await page.waitForSelector('#reconnect:not([hidden])');
  await page.click('#reconnect');
  await until(page, () => !document.getElementById('trouble').hidden, 'a word about another device');
  check((await trouble(page)).includes('another device'), `${job.story}: another device that was chosen is refused: ` + await trouble(page));
  await look(page, name + '-reconnect');
  await page.click('#reconnect');
}

/// The key that the backup holds is the one whose public half is saved for the cloud.
async function checkNewKey(page, job) {
  const place = path.dirname(job.dump), pem = (await saved(page, '#save-public')).toString();
  const unpacked = require('child_process').spawnSync('python3', ['-m', 'zipfile', '-e', path.join(place, 'photopsy-repair.zip'), place]);
  check(unpacked.status === 0, `${job.story}: the backup can be unpacked`);
  const key = crypto.createPrivateKey({ key: fs.readFileSync(path.join(place, 'new-key.der')), format: 'der', type: 'pkcs1' });
  check(crypto.createPublicKey(key).export({ type: 'spki', format: 'pem' }) === pem, `${job.story}: the public half for the cloud is not that of the key in the backup`);
}

/// Without a disturbance; between which transfers it was written.
async function whole(browser, job, number) {
  const [colorScheme, width] = looks[number % looks.length], name = `repair-${job.story}-${colorScheme}-${width}`;
  const { page, wrong, close } = await open(browser, world.url, { scripts, bypassCSP: true, colorScheme, viewport: { width, height: 900 } });
  await hands.plugIn(page, job, job.resets ? { asksAgain: true, choosesOther: true } : {});
  const backup = await hands.readAndProve(world, page, job, number % 2 ? hands.proveByHash : hands.proveByFile);
  await page.click('#repair-steps-box summary');
  check(!/--consent|--key|--firmware|photopsy keys|photopsy repair/.test(await page.innerText('#step-repair')), `${job.story}: words of a terminal: ` + (await page.innerText('#step-repair')).match(/.{60}(--consent|--key|--firmware|photopsy keys|photopsy repair).*/));
  await look(page, name);
  fs.copyFileSync(backup, path.join(path.dirname(job.dump), 'photopsy-repair.zip'));
  const before = await page.evaluate(() => emulated.transfers());
  await page.click('#repair-write');
  if (job.resets) await resetAndReconnect(page, job, name);
  await hands.untilEnded(page);
  if (job.makes) await hands.keepAsRepaired(page, job);
  await hands.checkRepaired(world, page, job, job.story);
  check((await page.textContent('#verdict')) === (job.outcome || 'Healthy'), `${job.story}: the verdict at the end is ` + await page.textContent('#verdict'));
  check(await page.isVisible('#tell-cloud') === (job.makes === true), `${job.story}: what to do with the public key`);
  check((await page.textContent('#repaired-says')).includes('tell it first') === (job.makes === true), `${job.story}: the cloud is told of a new key before RESET`);
  check(!/--apply|photopsy repair/.test(await page.innerText('#step-result')), `${job.story}: words of a terminal at the end`);
  if (job.makes) check(await page.isHidden('#first') && await page.isHidden('#step-repair'), `${job.story}: behind a new key, nothing is said beside telling the cloud`);
  if (job.makes) await checkNewKey(page, job);
  await look(page, name + '-done');
  check(wrong.length === 0, `${job.story}: complaints: ${wrong[0]}`);
  const lastWrite = await page.evaluate(() => emulated.lastWrite());
  await close();
  return [before, lastWrite];
}

/// The power fails when part 1 is erased, and the device starts: its bootloader restores the factory's application. The page offers the one of the backup.
async function applicationLost(browser, job, number) {
  const [colorScheme, width] = looks[number % looks.length], name = `restored-${job.story}-${colorScheme}-${width}`;
  const { page, wrong, close } = await open(browser, world.url, { scripts, bypassCSP: true, colorScheme, viewport: { width, height: 900 } });
  await hands.plugIn(page, job, { cutFlash: 2, cutShare: 0, freezeInDark: true });
  const backup = await hands.readAndProve(world, page, job, hands.proveByFile);
  await page.click('#repair-write');
  await hands.untilEnded(page);
  const state = await hands.stateOf(page, job), application = flashed => flashed.subarray(0xA0000, 0xC0000);
  await hands.anew(world, page);
  await hands.plugInAgain(page, job, state, { starts: true });
  check(!application(await hands.flashNow(page)).equals(application(fs.readFileSync(job.dump))), `${job.story}: the start restores the factory's application`);
  await hands.goOn(world, page, job, backup, job.story);
  const offered = await page.isVisible('#put-back');
  check(offered, `${job.story}: it is offered to put the application back: ` + await trouble(page) + await page.innerText('#repaired').catch(() => ''));
  if (!offered) return close();
  check((await page.textContent('#repaired-says')).includes('user application'), `${job.story}: the lost application is named: ` + await page.textContent('#repaired-says'));
  check(await page.isHidden('#step-kept'), `${job.story}: one way at a time`);
  await look(page, name + '-offered');
  await page.click('#put-back');
  await page.waitForSelector('#put-back', { state: 'hidden', timeout: 180000 });
  await hands.untilEnded(page);
  await hands.checkRepaired(world, page, job, `${job.story}, put back`);
  check((await page.textContent('#verdict')) === (job.outcome || 'Healthy'), `${job.story}: the verdict at the end is ` + await page.textContent('#verdict'));
  await look(page, name + '-done');
  check(wrong.length === 0, `${job.story}: complaints: ${wrong[0]}`);
  await close();
}

/// What is no ground for writing is none here either.
async function refused(browser, job) {
  const { page, close } = await open(browser, world.url, { scripts });
  const isCore = job.kind === 2, other = Buffer.from(fs.readFileSync(job.dump)), second = isCore ? Buffer.alloc(fs.statSync(job.second).size, 0x55) : undefined;
  await hands.plugIn(page, job, {});
  await hands.readAndProve(world, page, job, hands.proveByHash);
  for (const [from, to] of isCore ? [[0x5000, 0x20000]] : [[0x60000, 0x80000], [0xA0000, 0xC0000]]) other.fill(0x55, from, to);
  other[0x100] ^= 1; // another bootloader
  await hands.plugIn(page, job, {}, other, second);
  await page.click('#repair-write');
  await hands.untilEnded(page);
  check((await trouble(page)).includes('another device'), `${job.story}: another device is refused: ` + await trouble(page));
  check((await hands.flashNow(page)).equals(other) && (!second || (await hands.secondNow(page)).equals(second)), `${job.story}: another device is not written to`);
  await close();
}

(async () => {
  const browser = await launch(), began = Date.now(), ends = {};
  let interruptions = 0;
  for (const [number, job] of jobs.entries()) {
    const span = await whole(browser, job, number);
    if (job.lost) await applicationLost(browser, job, number);
    for (let cut = 0; job.cut && cut < Number(cuts); ++cut, ++interruptions) {
      const end = await interruption(browser, world, job, span, cut, Number(cuts));
      ends[end] = (ends[end] || 0) + 1;
    }
  }
  await refused(browser, jobs[0]);
  await browser.close();
  fs.rmSync(scratch, { recursive: true, force: true });
  console.log(`${jobs.length} repairs, ${interruptions} interruptions in ${((Date.now() - began) / 1000).toFixed(0)} s: ${JSON.stringify(ends)}; ${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error && error.stack || error)); process.exit(1); });
