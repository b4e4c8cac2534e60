// The twelve questions of docs/owners.md, asked of the page by people with a device before them: each connects it, reads what stands outside of the report, and
// finds there what to do.
//   NODE_PATH=.../node_modules node persons.js PAGE.html DEVICE.js DUMPS_DIRECTORY PICTURES_DIRECTORY|-
const fs = require('fs'), path = require('path');
const { launch, open, settled, trouble, saved, until, address } = require('./pages.js');
const [file, deviceFile, dumps, pictures] = process.argv.slice(2);
const scripts = [fs.readFileSync(deviceFile, 'utf8') + '\n' + fs.readFileSync(path.join(__dirname, 'fake_usb.js'), 'utf8')];
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }

/// light: what is clicked, by its words, or typed. sees: words that must stand in the page itself. finds: what can be pressed.
const persons = [
  { says: 'one orange, it worked yesterday', story: 'mixed-key', light: /one orange burst/, sees: ['Cloud connection fails', 'Repair it from here'], finds: ['#repair-save', '#save-key'] },
  { says: 'no DFU capable device', platform: 'Windows', wishes: { denies: true }, sees: ['No device was chosen', 'WinUSB', 'blinking yellow'] },
  { says: 'openssl is not recognized', story: 'mixed-key', sees: ['Cloud connection fails'], finds: ['#save-new-key'], does: async page => {
    const key = await saved(page, '#save-new-key', '.der');
    await until(page, () => document.getElementById('saved').textContent.includes('for the cloud'), 'the word about the key pair');
    check(key.length > 500, 'a key pair without openssl');
  } },
  { says: 'three orange, keys server helps for a day', story: 'erased-server-key-0.6', light: /three orange/, sees: ['server key is erased', "Write Particle's server key and address", 'Repair it from here'], finds: ['#repair-save'] },
  { says: 'the tool said done, nothing has changed', story: 'pkcs8-key', sees: ['Cloud connection fails', 'Repair it from here'], finds: ['#repair-save'] },
  { says: 'permission denied at keys send', story: 'new-key-after-loss', sees: ['Save more'], finds: ['#save-key'] },
  { says: 'breathing magenta since my own build', story: 'user-needs-newer-system', light: 'breathing magenta', sees: ['Safe mode', 'This fits what the flash shows', 'Compile the application'] },
  { says: 'three orange, only at the office', story: 'healthy-1.5.2', light: '3 orange', sees: ['Healthy', 'look at the network'] },
  { says: 'it was on my own cloud', story: 'private-server', sees: ['Write the key of your own server'] },
  { says: 'the power went while it updated', story: 'pending-update', sees: ['Start the device normally'] },
  { says: 'after a brown-out it has forgotten everything', story: 'reinitialised', sees: ['Tell the cloud the key that the device has now'] },
  { says: 'where should I send the dump', story: 'mixed-key', sees: ['can be posted', 'never post'], finds: ['#save-ticket'], does: async page => {
    check((await saved(page, '#save-ticket')).subarray(0, 2).toString() === 'PK', 'a ticket to send');
  } },
];

async function chooseLight(page, light) {
  if (!light) return;
  if (typeof light === 'string') {
    await page.fill('#light-words', light);
    await page.click('#light-set');
  } else {
    await page.locator('label.light').filter({ hasText: light }).first().click();
  }
  await until(page, () => document.getElementById('light-says').textContent !== '', 'the light');
}

/// The bootloaders of samples are no released files: a plan for them is advice until its owner has said the word.
async function agree(page) {
  check(await page.isHidden('#repair-do'), 'nothing can be written to a device with an unknown bootloader before its owner agrees');
  for (let box; (box = await page.$('#repair-consents input:not(:checked)'));) {
    await box.click();
    await page.waitForSelector('html:not([data-busy])');
  }
}

async function ask(browser, person, number) {
  const scheme = number % 2 ? 'dark' : 'light', width = [360, 800, 1440][number % 3];
  const platform = person.platform ? [`Object.defineProperty(navigator, 'userAgentData', { value: { platform: '${person.platform}' } });`] : [];
  const { page, wrong, close } = await open(browser, address(file), { scripts: [...scripts, ...platform], colorScheme: scheme, viewport: { width, height: 900 } });
  const picture = async name => { if (pictures !== '-') await page.screenshot({ path: path.join(pictures, `person-${number + 1}-${name}-${scheme}-${width}.png`), fullPage: true }); };
  const story = path.join(dumps, person.story || 'mixed-key'), flash = fs.readFileSync(story + '.bin'), serial = fs.readFileSync(story + '.id', 'utf8');
  await page.evaluate(async ([bytes, wishes]) => { await emulate(fromBase64(bytes), wishes); }, [flash.toString('base64'), { generation: 'of flash', serial, ...person.wishes }]);
  await chooseLight(page, person.light);
  await page.click('#connect');
  await settled(page);
  if (person.finds && (person.finds.includes('#save-key') || person.finds.includes('#save-new-key'))) await page.click('#more-files summary');
  if (person.finds && person.finds.includes('#repair-save')) await agree(page);
  await page.waitForTimeout(300);
  await picture('verdict');
  const seen = await page.innerText('body');
  for (const words of person.sees) check(seen.includes(words), `"${person.says}": sees nothing of "${words}" in: ` + (await page.innerText('#step-result').catch(() => '')).slice(0, 900) + await trouble(page));
  for (const place of person.finds || []) check(await page.isVisible(place), `"${person.says}": ${place} cannot be pressed`);
  if (person.does) await person.does(page);
  check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `"${person.says}": wider than ${width}`);
  check(wrong.length === 0, `"${person.says}": complaints: ${wrong[0]}`);
  await close();
}

(async () => {
  const browser = await launch();
  for (const [number, person] of persons.entries()) await ask(browser, person, number);
  await browser.close();
  console.log(`${persons.length} persons, ${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });
