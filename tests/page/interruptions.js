// One repair, interrupted: what came between, how it ended, and that nothing was worse behind it.
const fs = require('fs'), path = require('path');
const { open, trouble } = require('./pages.js');
const hands = require('./repair_hands.js');

const stall = 0, silence = 1, unplug = 6;

/// Kinds in turn, places spread over the writing; in the last round it is near its end.
function wishesFor(cut, at, share) {
  switch (cut % 7) {
    case 0: return ['the page is closed', { freezeAt: at }];
    case 1: return ['the power fails at a request', { cutRequest: at, freezeInDark: true }];
    case 2: return ['the power fails in the flash', { cutFlash: cut * 7, cutShare: share, freezeInDark: true }];
    case 3: return ['stalls', { faults: [[stall, at, 1 + cut % 3, 0, true]] }];
    case 4: return ['unplugged and back', { faults: [[unplug, at, 1, 2, true]] }];
    case 5: return ['unplugged, and another device comes back', { faults: [[unplug, at, 1, 1, true]], returnsAsOther: true, patience: 1500 }];
    default: return ['unplugged, and another device is chosen first', { faults: [[unplug, at, 1, 1, true]], asksAgain: true, choosesOther: true }];
  }
}

/// "equal": the flash of the run without interruption, at once; "gone on": after the way back that the page told; "not begun": nothing was written.
async function interruption(browser, world, job, [from, to], cut, cuts) {
  const at = from + Math.floor((to + 8 - from) * (cut + 0.9) / cuts), [name, wishes] = wishesFor(cut, at, cut * 13 % 101);
  const what = `${job.story}, interruption ${cut} (${name})`;
  const { page, wrong, close } = await open(browser, world.url, { scripts: world.scripts });
  await hands.plugIn(page, job, { ...wishes, inSecond: wishes.cutFlash !== undefined && job.story === 'core-keys' });
  const backup = await hands.readAndProve(world, page, job, hands.proveByHash);
  await page.click('#repair-write');
  await hands.untilEnded(page);
  let end = 'equal';
  if (!await page.isVisible('#repaired')) end = await wayBack(world, page, job, backup, what);
  else if (await page.evaluate(() => document.getElementById('put-back').hidden)) await hands.checkRepaired(world, page, job, what);
  world.check(wrong.length === 0, `${what}: complaints: ${wrong[0]}`);
  await close();
  return end;
}

/// What the page says helps: the same device in DFU mode again, and "Go on", with the page closed in between or not.
async function wayBack(world, page, job, backup, what) {
  const isFrozen = await page.evaluate(() => window.emulated.frozen), told = await trouble(page);
  const state = await hands.stateOf(page, job), { flash, second } = state;
  world.check(isFrozen || /go on|Go on|another device|Nothing was written/.test(told), `${what}: a way back is told: ${told}`);
  await hands.anew(world, page);
  await hands.plugInAgain(page, job, state);
  if (!await page.isVisible('#step-kept')) {
    const untouched = flash.equals(fs.readFileSync(job.dump)) && (!second || second.equals(fs.readFileSync(job.second)));
    world.check(untouched, `${what}: nothing was begun, and yet something was written`);
    return 'not begun';
  }
  await hands.goOn(world, page, job, backup, what);
  await hands.checkRepaired(world, page, job, what);
  return isFrozen ? 'closed, gone on' : 'told, gone on';
}

module.exports = { interruption };
