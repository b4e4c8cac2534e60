// What leaves the page by the person's own hand: to the clipboard, to the disk.
'use strict';

function save(name, bytes, type = 'application/octet-stream') {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  byId('saved').textContent = name + ' was handed to your browser to save.';
}

/// "dump.bin" gives "dump".
const stem = () => ((session.reports[0] && session.reports[0].input.name) || 'dump').replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 60) || 'dump';

async function copyReport() {
  const text = await photopsy.text('report', 'markdown');
  try {
    await navigator.clipboard.writeText(text);
    byId('saved').textContent = 'Copied. Type a sentence of your own first in the forum, what you did before it failed; then paste.';
  } catch {
    const box = byId('copy-text');
    box.value = text;
    show('copy-text', true);
    box.focus();
    box.select();
    byId('saved').textContent = 'The browser does not let the page copy: the text is selected, press Ctrl+C (or Cmd+C).';
  }
}

async function saveShareable() {
  const remark = await photopsy.text('redact', 0);
  save(stem() + '.shareable.bin', await photopsy.bytes('redacted', 0));
  const second = await photopsy.bytes('redacted', 1);
  if (second.length) save(stem() + '.shareable.external.bin', second);
  save(stem() + '.shareable.bin.manifest.json', await photopsy.bytes('redacted', 2), 'application/json');
  byId('saved').textContent = 'The copy was looked at again: same verdict, and no secret in it. ' + remark;
}

async function saveKey() {
  await photopsy.bytes('find_keys', 0);
  save(stem() + '-key.der', await photopsy.bytes('found_key', 0, 0));
  byId('saved').textContent = 'The key was proved by arithmetic. The report says how it is written back.';
}

async function saveNewKey() {
  save('new-key.der', await photopsy.bytes('make_key', session.reports[0].device.layout === 'electron' ? 1 : 0));
  save('new-key.pub.pem', await photopsy.bytes('made_public'), 'application/x-pem-file');
  byId('saved').textContent = 'new-key.der is secret and belongs into the device; new-key.pub.pem is for the cloud.';
}

async function saveDump() {
  const { name, bytes, second, record } = session.captured;
  save(name, bytes);
  if (second) save('dump-external.bin', second);
  save(name + '.json', record, 'application/json');
}

/// Which of the saves there is something to save for.
async function offerSaves(many) {
  show('save-dump-row', session.captured !== null);
  show('compare-row', session.reports.length > 1);
  const found = many ? [] : await photopsy.table('find_keys', 0).catch(() => []);
  show('save-key-row', found.length > 0);
  byId('save-key').textContent = found.length && found[0][3] === 'used now' ? 'The private key of this device, which it uses now' : 'The old private key of this device';
}

function setUpSaves() {
  const saves = {
    'copy': copyReport, 'save-share': saveShareable, 'save-key': saveKey, 'save-new-key': saveNewKey, 'save-dump': saveDump,
    'save-report': async () => save(stem() + '.html', await photopsy.bytes('report', 'html'), 'text/html'),
    'save-json': async () => save(stem() + '.json', await photopsy.bytes('report', 'json'), 'application/json'),
    'save-ticket': async () => save(stem() + '-ticket.zip', await photopsy.bytes('ticket'), 'application/zip'),
    'save-difference': async () => save(stem() + '-difference.txt', await photopsy.bytes('difference', 'text'), 'text/plain'),
  };
  for (const [id, what] of Object.entries(saves)) press(id, () => doing(what));
}
