// The page in WebKitGTK, by WebDriver: it has no WebUSB, which is said kindly, and everything about files works.
//   node webkit.js PAGE.html JOBS.json       (below xvfb-run)
const fs = require('fs'), path = require('path'), { spawn } = require('child_process');
const [file, jobsFile] = process.argv.slice(2);
const jobs = JSON.parse(fs.readFileSync(jobsFile, 'utf8')), port = 20000 + process.pid % 20000, driver = `http://127.0.0.1:${port}`;
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

async function ask(method, path, body) {
  const answer = await fetch(driver + path, { method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  const { value } = await answer.json();
  if (value && value.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
  return value;
}

async function session() {
  for (let tries = 0; ; ++tries) {
    try {
      const browserOptions = { binary: process.env.MINIBROWSER, args: ['--automation'] };
      const { sessionId } = await ask('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } } });
      return '/session/' + sessionId;
    } catch (error) {
      if (tries > 40) throw error;
      await pause(500);
    }
  }
}

(async () => {
  const process_ = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore' });
  const at = await session();
  await ask('POST', at + '/timeouts', { script: 120000, pageLoad: 120000 });
  await ask('POST', at + '/url', { url: 'file://' + path.resolve(file) });
  const evaluate = script => ask('POST', at + '/execute/sync', { script, args: [] });
  const evaluateLater = script => ask('POST', at + '/execute/async', { script: `const done = arguments[arguments.length - 1]; (async () => { ${script} })().then(done, error => done('failed: ' + error));`, args: [] });
  const until = async (expression, what) => {
    for (let tries = 0; tries < 600; ++tries, await pause(100)) if (await evaluate('return ' + expression)) return;
    throw new Error('waited in vain for ' + what + ': ' + await evaluate('return document.getElementById("trouble").innerText'));
  };
  await until('document.documentElement.dataset.ready === "yes" || !document.getElementById("trouble").hidden', 'the module');
  await evaluate('window.complaints = []; addEventListener("securitypolicyviolation", event => complaints.push(event.violatedDirective)); addEventListener("error", event => complaints.push(event.message));');
  check(await evaluate('return byId("way-usb").hidden && !byId("way-none").hidden && byId("way-none").innerText.includes("Chrome") && byId("step-kept").hidden'), 'a browser without WebUSB is told what to do');
  for (const job of jobs) {
    await evaluate('show("step-result", false)');
    const element = Object.values(await ask('POST', at + '/element', { using: 'css selector', value: '#files' }))[0];
    await ask('POST', `${at}/element/${element}/value`, { text: job.files.join('\n') });
    await until('!session.busy && (!byId("step-result").hidden || !byId("trouble").hidden)', 'a verdict');
    for (const format of ['json', 'markdown', 'html']) {
      const told = await evaluateLater(`return await photopsy.text("report", "${format}")`);
      check(told === fs.readFileSync(job.expected[format], 'utf8'), `${path.basename(path.dirname(job.files[0]))}: ${format} is not the program's`);
    }
  }
  await until('byId("report").offsetHeight > 1500', 'the report in its frame');
  await evaluate('byId("copy").click()');
  await until('byId("saved").textContent !== ""', 'a word about the copy');
  await evaluate('byId("saved").textContent = ""; window.handed = null; HTMLAnchorElement.prototype.click = function () { window.handed = { name: this.download, address: this.href }; }; byId("save-report").click()');
  await until('window.handed !== null', 'a report that is handed over to be saved');
  check(await evaluate('return handed.name.endsWith(".html") && handed.address.startsWith("blob:") && byId("saved").textContent.includes("handed")'), 'the report is saved');
  check((await evaluate('return complaints.join("; ")')) === '', 'complaints: ' + await evaluate('return complaints.join("; ")'));
  check(await evaluate('return performance.getEntriesByType("resource").filter(one => !/^(blob|data):/.test(one.name)).length') === 0, 'nothing is asked of a network');
  await ask('DELETE', at).catch(() => undefined);
  process_.kill();
  console.log(`WebKitGTK: ${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });
