// Markdown reports as a forum renders them: markdown-it with Discourse's options (HTML, linkify, typographer). Not part of CTest: needs markdown-it.
//   NODE_PATH=.../node_modules node tests/report/forum.js REPORT.md...
const fs = require('fs');
const markdown = require('markdown-it')({ html: true, linkify: true, typographer: true, breaks: true });
let failures = 0;
for (const file of process.argv.slice(2)) {
  const source = fs.readFileSync(file, 'utf8');
  const html = markdown.render(source);
  const prose = html.replace(/<pre>[\s\S]*?<\/pre>/g, '').replace(/<code>[\s\S]*?<\/code>/g, '').replace(/<\/?(details|summary)>/g, '');
  const wrong = [];
  if ([...source].length > 15000) wrong.push(`${[...source].length} characters`);
  if ((html.match(/<a /g) || []).length > 2) wrong.push('more than 2 links: ' + html.match(/<a [^>]*>/g).slice(0, 4));
  if (/(^|[\s(])@\w/.test(prose)) wrong.push('a mention: ' + prose.match(/.{20}(^|[\s(])@\w.{20}/));
  if (/[“”‘’…–—©®™]/.test(prose)) wrong.push('a typographic sign: ' + prose.match(/.{0,30}[“”‘’…–—©®™].{0,30}/));
  if ((html.match(/<details>/g) || []).length !== (html.match(/<\/details>/g) || []).length) wrong.push('details not closed');
  if (/\|\s*---/.test(prose)) wrong.push('a table that is none');
  if (/```|\*\*/.test(prose)) wrong.push('markup that shows: ' + prose.match(/.{0,30}(```|\*\*).{0,30}/));
  for (const line of wrong) console.log(file.split('/').pop() + ': ' + line);
  failures += wrong.length;
}
console.log(`${process.argv.length - 2} reports, ${failures} failures`);
process.exit(failures ? 1 : 0);
