// Pictures of lights: what a person sees, moving where motion is wanted, and as a row of dots for all.
'use strict';

/// [colour, milliseconds] after each other, from the beginning again.
function rhythmOf(light) {
  const dark = 'none';
  if (light.rhythm === 'slow') return [[light.colour, 500], [dark, 500]];
  if (light.rhythm === 'dark') return [[dark, 1000]];
  if (light.rhythm === 'sos') return [3, 1, 3].flatMap((_, word) => Array(3).fill([[light.colour, word === 1 ? 500 : 170], [dark, 170]]).flat()).concat([[dark, 700], [light.colour, 300], [dark, 900]]);
  const cyan = Array(6).fill([['cyan', 90], [dark, 90]]).flat();
  return [...cyan, [dark, 300], ...Array(light.count).fill([[light.colour, 300], [dark, 300]]).flat(), [dark, 200]];
}

const lampColours = { red: '#ff3b30', orange: '#ff9500', magenta: '#ff2df1', green: '#2fd158', blue: '#2f7bff', cyan: '#27e3f2', yellow: '#ffe03a', white: '#ffffff', none: '#22272c' };

function animate(lamp, light) {
  const off = { backgroundColor: lampColours.none }, on = colour => ({ backgroundColor: lampColours[colour] });
  if (light.rhythm === 'breathing') return void lamp.animate([off, on(light.colour), off], { duration: 3500, iterations: Infinity, easing: 'ease-in-out' });
  const rhythm = rhythmOf(light), whole = rhythm.reduce((sum, [, time]) => sum + time, 0);
  let at = 0;
  const frames = rhythm.map(([colour, time]) => { const frame = { ...on(colour), offset: at / whole, easing: 'step-end' }; at += time; return frame; });
  frames.push({ ...on(rhythm[0][0]), offset: 1 });
  lamp.animate(frames, { duration: whole, iterations: Infinity });
}

/// The same without motion: small dots in the order in which they shine.
function dotsOf(light) {
  if (light.rhythm === 'dark') return [];
  if (light.rhythm) return [light.colour, light.colour, light.colour];
  return ['cyan', 'cyan', 'cyan', ...Array(light.count).fill(light.colour)];
}

function lightChoice(light, number) {
  const label = document.createElement('label');
  label.className = 'light';
  const choice = Object.assign(document.createElement('input'), { type: 'radio', name: 'light', value: String(number), className: 'visually-hidden' });
  const lamp = Object.assign(document.createElement('span'), { className: 'lamp ' + light.colour });
  lamp.setAttribute('aria-hidden', 'true');
  const words = document.createElement('span');
  words.textContent = light.words;
  const rhythm = Object.assign(document.createElement('span'), { className: 'rhythm' });
  rhythm.setAttribute('aria-hidden', 'true');
  for (const colour of dotsOf(light)) rhythm.append(Object.assign(document.createElement('i'), { className: colour }));
  words.append(rhythm);
  label.append(choice, lamp, words);
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) lamp.style.backgroundColor = lampColours[light.colour];
  else animate(lamp, light);
  return label;
}

/// The board seen from above, USB socket up: which of the two buttons is which.
const boardDrawing = `<svg viewBox="0 0 300 130" width="300" role="img" aria-label="The board from above, with the USB socket up: SETUP is the button to the left of the light, RESET the one to the right. Both names are printed beside them.">
<rect x="95" y="22" width="110" height="106" rx="8" fill="none" stroke="currentColor" stroke-width="2"/><rect x="130" y="6" width="40" height="28" rx="3" fill="none" stroke="currentColor" stroke-width="2"/>
<circle cx="118" cy="66" r="10" fill="none" stroke="currentColor" stroke-width="2"/><circle cx="182" cy="66" r="10" fill="none" stroke="currentColor" stroke-width="2"/><circle cx="150" cy="66" r="8" fill="#ffe03a" stroke="currentColor" stroke-width="2"/>
<path d="M104 66H84M196 66h20M150 78v18" stroke="currentColor"/><text x="6" y="62">SETUP</text><text x="6" y="79">hold</text><text x="222" y="62">RESET</text><text x="222" y="79">tap once</text><text x="112" y="111">light, yellow</text></svg>`;
