// A device read over the browser's USB: the module says each step, usb.js carries it out, and the person sees how far it is.
'use strict';

const reading = { stopWanted: false, device: null, foundByClick: null, began: 0, announced: 0, of: '', patience: 60000 };

function showProgress(name, says, part) {
  byId('progress-name').textContent = name;
  byId('progress-says').textContent = says;
  if (part === undefined) byId('bar').removeAttribute('value');
  else byId('bar').value = part;
  const begins = byId('step-progress').hidden;
  show('step-progress', true);
  if (begins) byId('step-progress').scrollIntoView({ block: 'nearest' });
  show('stop', reading.device !== null);
}

function showStep(step) {
  const part = step.expected ? Math.min(1, step.arrived / step.expected) : 0, seconds = (performance.now() - reading.began) / 1000;
  const rate = seconds > 0.5 ? step.arrived / seconds : 0, left = rate ? Math.round((step.expected - step.arrived) / rate) : 0;
  const what = step.readingAgain ? 'Reading again what differed' : step.pass === 0 ? 'Reading' + reading.of : 'Reading' + reading.of + ' once more, to compare';
  showProgress(what, Math.floor(part * 100) + ' %' + (rate ? ', ' + Math.round(rate / 1024) + ' KiB a second, about ' + left + ' s left' : ''), part);
  if (part - reading.announced >= 0.25) {
    reading.announced = part;
    announce(what + ': ' + Math.floor(part * 100) + ' percent.');
  }
}

async function tellDeviceTrouble(trouble, address = 0) {
  const [sentence, remedy] = (await photopsy.text('trouble', trouble, systemNumber, address)).split('\n');
  tellTrouble(sentence, remedy);
}

/// Line of page_identify(), by names.
async function identify(device) {
  const version = device.deviceVersionMajor << 8 | device.deviceVersionMinor << 4 | device.deviceVersionSubminor;
  const [mode, layout, title, ownSerial] = (await photopsy.table('identify', device.vendorId, device.productId, version, device.serialNumber || ''))[0];
  return { mode, layout, title, ownSerial: ownSerial === 'id' };
}

async function choose() {
  const ids = await photopsy.table('usb_ids');
  const filters = ids.map(([vendor, product]) => ({ vendorId: Number(vendor), productId: Number(product) }));
  try {
    return await navigator.usb.requestDevice({ filters });
  } catch (error) {
    if (error.name !== 'NotFoundError') throw error;
    byId('empty-list').open = true;
    tellTrouble('No device was chosen.', 'If the list was empty: what helps stands above, under "The list is empty".');
    return null;
  }
}

const connect = async () => withOpenDevice(await choose(), read);

/// Opens what was chosen, and says what stands in the way.
async function withOpenDevice(chosen, what) {
  if (!chosen) return;
  const who = await identify(chosen);
  if (who.mode === 'running') return tellDeviceTrouble(troubleOf.serialMode);
  if (who.mode === 'foreign' || !who.layout) return tellDeviceTrouble(troubleOf.unknownProduct);
  const device = new BrowserDevice(chosen);
  try {
    await device.open();
  } catch (error) {
    await device.close();
    byId('empty-list').open = true;
    return tellDeviceTrouble(openTrouble(error));
  }
  await what(device, who);
}

async function read(device, who) {
  Object.assign(reading, { stopWanted: false, device, foundByClick: null, began: performance.now(), announced: 0 });
  try {
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const [[, second]] = await photopsy.table('capture_begin', await device.configuration(), device.maps(), 2, now, system + ', in a browser');
    reading.of = '';
    let end = await carryOn(who);
    const both = end.kind === 'finished' && (second === 'always' || (second === 'offered' && byId('second-too').checked));
    const first = both ? await photopsy.bytes('capture_bytes') : null;
    if (both) {
      await photopsy.bytes('capture_begin_second');
      Object.assign(reading, { of: ' its second flash', began: performance.now(), announced: 0 });
      end = await carryOn(who);
    }
    await ended(end, first);
  } finally {
    await reading.device.close();
    reading.device = null;
    show('reconnect', false);
    show('step-progress', false);
  }
}

const backForReading = 'Plug it in again in DFU mode (hold the button, tap RESET, let go when it blinks yellow); reading goes on by itself. If it does not, press "Connect again".';

/// Steps until the machine has nothing more to ask for; the last one.
async function carryOn(who) {
  for (;;) {
    if (reading.stopWanted) await photopsy.tell('capture_stop');
    const step = await photopsy.step();
    if (step.wait) await pause(step.wait);
    if (step.kind === 'reconnect') {
      await photopsy.tell('capture_reconnected', await reconnect(who, backForReading));
    } else if (step.kind === 'transfer' || step.kind === 'select') {
      showStep(step);
      await photopsy.tell('capture_told', ...await reading.device.carryOut(step));
    } else {
      return step;
    }
  }
}

/// Waits for the same device. The browser may want to be asked for it anew, which takes a click.
async function reconnect(who, words) {
  announce('The device went away.');
  showProgress('The device went away', words);
  show('reconnect', true);
  reading.foundByClick = null;
  const wanted = () => !reading.stopWanted && !reading.foundByClick;
  const found = await reading.device.again(who.ownSerial, wanted, reading.patience) || reading.foundByClick;
  show('reconnect', false);
  if (!found) return troubleOf.gone;
  reading.device = found;
  clearTrouble();
  return troubleOf.none;
}

async function reconnectByClick() {
  const old = reading.device.device, chosen = await choose();
  if (!chosen) return;
  const same = chosen.vendorId === old.vendorId && chosen.productId === old.productId && chosen.serialNumber === old.serialNumber;
  if (!same) return tellTrouble('That is another device than the one that is being read.', 'Choose the same one, in DFU mode.');
  const device = new BrowserDevice(chosen);
  try { await device.open(); } catch (error) { await device.close(); return tellDeviceTrouble(openTrouble(error)); }
  reading.foundByClick = device;
}

/// `first`: the bytes of the first flash, where the second was read behind it.
async function ended(step, first) {
  if (step.kind === 'finished') {
    const last = await photopsy.bytes('capture_bytes');
    session.captured = { name: 'dump.bin', bytes: first || last, second: first && last, record: await photopsy.bytes('capture_record'), device: reading.device.device };
    await photopsy.tell('capture_take', 'dump.bin');
    session.judges = true;
    announce('The device was read.');
    return judge();
  }
  const held = (await photopsy.bytes('capture_bytes')).length;
  if (step.kind === 'failed') return tellDeviceTrouble(step.trouble, step.address);
  tellTrouble('Stopped.', held ? Math.floor(held / 1024) + ' KiB were read and are kept as long as this page is open: press Connect to go on from there.' : 'Nothing was read yet.');
}

function setUpDevice() {
  byId('drawing').innerHTML = boardDrawing;
  const canRead = 'usb' in navigator;
  show('way-usb', canRead);
  show('way-none', !canRead);
  if (!canRead) return;
  for (const words of [...emptyList.all, ...(emptyList[system] || [])]) byId('empty-steps').append(Object.assign(document.createElement('li'), { textContent: words }));
  if (system === 'Linux') {
    show('udev', true);
    photopsy.text('udev_rule').then(rule => {
      byId('udev-lines').textContent = "echo '" + rule + "' | sudo tee /etc/udev/rules.d/60-photopsy.rules\nsudo udevadm control --reload";
    }, () => show('udev', false));
  }
  press('udev-copy', () => navigator.clipboard.writeText(byId('udev-lines').textContent).then(() => announce('Copied.'), () => getSelection().selectAllChildren(byId('udev-lines'))));
  press('connect', () => doing(connect));
  press('stop', () => { reading.stopWanted = true; });
  press('reconnect', () => reconnectByClick().catch(error => tellTrouble(error.message)));
}
