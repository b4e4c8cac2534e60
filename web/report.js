// The report in a frame of its own, which can reach nothing: no network, no page around it. It tells its height and where a link inside it leads.
'use strict';

/// Runs inside the frame; its hash stands in the page's policy (tools/make-page).
const frameScript = "{{frame_script}}";

/// A new frame for each report: what a frame is navigated to stays in the browser's history, and Back would show the old report under the new verdict.
function showReport(html) {
  const old = byId('report'), frame = old.cloneNode();
  frame.srcdoc = html.replace('</body>', '<script>' + frameScript + '</' + 'script></body>');
  old.replaceWith(frame);
}

function setUpReport() {
  addEventListener('message', event => {
    const frame = byId('report');
    if (event.source !== frame.contentWindow || typeof event.data !== 'object' || event.data === null) return;
    const height = Number(event.data.height), target = Number(event.data.target);
    if (height > 0 && height < 1e6) frame.style.height = Math.ceil(height) + 2 + 'px';
    if (target >= 0) scrollTo({ top: frame.getBoundingClientRect().top + scrollY + target - 12, behavior: 'auto' });
  });
}

async function showNotices() {
  const box = byId('notices');
  if (!byId('notices-packed')) return;
  box.textContent = new TextDecoder().decode(await unpackedFrom('notices-packed', 'bytes'));
}
