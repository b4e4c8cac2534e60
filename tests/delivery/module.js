// The module of the page in Node, without the page: each dump below a folder judged by itself, its report in every form written.
//   node module.js MODULE.js DUMPS OUTPUT FORM...       DUMPS: *.bin below it are read; OUTPUT/PATH.FORM is the report, PATH as a URL has it
'use strict';
const fs = require('fs');
const path = require('path');

async function main([modulePath, dumps, output, ...forms]) {
  const module = await require(path.resolve(modulePath))({ wasmBinary: fs.readFileSync(modulePath.replace(/\.js$/, '.wasm')) });
  const lend = bytes => {
    const at = module._malloc(bytes.length || 1);
    module.HEAPU8.set(bytes, at);
    return at;
  };
  const call = (name, ...given) => {
    const lent = given.map(argument => lend(typeof argument === 'string' ? Buffer.from(argument + '\0') : argument));
    const words = given.flatMap((argument, i) => (typeof argument === 'string' ? [lent[i]] : [lent[i], argument.length]));
    const done = module['_page_' + name](...words);
    lent.forEach(at => module._free(at));
    const answer = module._page_answer();
    return { done, bytes: Buffer.from(module.HEAPU8.slice(answer, answer + module._page_answer_size())) };
  };
  for (const name of fs.readdirSync(dumps, { recursive: true }).filter(each => each.endsWith('.bin')).sort()) {
    module._page_forget();
    const taken = call('take_file', fs.readFileSync(path.join(dumps, name)), name);
    const judged = taken.done === 1 ? call('judge') : taken;
    for (const form of forms) {
      const report = judged.done === 1 ? call('report', form) : judged;
      fs.writeFileSync(path.join(output, `${encodeURIComponent(name)}.${form}`), report.bytes);
    }
  }
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(1);
});
