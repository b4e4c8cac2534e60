// Markdown reports as a forum renders them: markdown-it with Discourse's options (HTML, linkify, typographer). Short enough for a post, at most two
// links, no mention, hashtag or typographic sign in the text, tables and folds whole, and nothing of a stranger becomes markup. Run by reports.py.
//   NODE_PATH=.../node_modules node forum.js REPORT.md...
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
  if (/(^|[\s(])#\w/.test(prose)) wrong.push('a hashtag: ' + prose.match(/.{0,20}(^|[\s(])#\w.{0,20}/));
  if (/<(?!\/?(p|br|h[1-6]|ul|ol|li|strong|em|table|thead|tbody|tr|th|td|hr|a|blockquote)\b)[a-z!]/i.test(prose)) wrong.push('markup of a stranger: ' + prose.match(/<(?!\/?(p|br|h[1-6]|ul|ol|li|strong|em|table|thead|tbody|tr|th|td|hr|a|blockquote)\b)[a-z!].{0,40}/i));
  if ((prose.match(/<table>/g) || []).length !== (source.match(/^\|( --- \|)+$/gm) || []).length) wrong.push('a table that is none');
  if (/\|\s*---/.test(prose)) wrong.push('a table that is none');
  if (/```|\*\*/.test(prose)) wrong.push('markup that shows: ' + prose.match(/.{0,30}(```|\*\*).{0,30}/));
  for (const line of wrong) console.log(file.split('/').pop() + ': ' + line);
  failures += wrong.length;
}
console.log(`${process.argv.length - 2} reports, ${failures} failures`);
process.exit(failures || process.argv.length < 3 ? 1 : 0);
