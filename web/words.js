// What the page says before it knows anything: lights, ways into DFU mode, what helps when the list is empty.
'use strict';

/// light: what is handed to the analysis; then colour and count of a burst behind fast cyan, or the rhythm of another light; says: what it means by itself.
const lights = [
  { light: '1 red', colour: 'red', count: 1, words: 'Fast blinking cyan, then one red burst' },
  { light: '1 orange', colour: 'orange', count: 1, words: 'Fast blinking cyan, then one orange burst' },
  { light: '2 orange', colour: 'orange', count: 2, words: 'Fast blinking cyan, then two orange blinks' },
  { light: '3 orange', colour: 'orange', count: 3, words: 'Fast blinking cyan, then three orange blinks' },
  { light: '1 magenta', colour: 'magenta', count: 1, words: 'Fast blinking cyan, then one magenta burst' },
  { light: 'blinking green', colour: 'green', rhythm: 'slow', words: 'Blinking green', says: 'It is looking for its Wi-Fi: password, reception or router. The flash is worth a look all the same.' },
  { light: 'blinking blue', colour: 'blue', rhythm: 'slow', words: 'Blinking blue', says: 'It is waiting to be set up (listening mode): it knows no Wi-Fi, or SETUP was held.' },
  { light: 'breathing magenta', colour: 'magenta', rhythm: 'breathing', words: 'Breathing magenta', says: 'Safe mode: it is connected, but does not run its application, mostly because a system part is missing or of another version.' },
  { light: 'breathing cyan', colour: 'cyan', rhythm: 'breathing', words: 'Breathing cyan', says: 'It is connected. Nothing keeps it from the cloud now.' },
  { light: 'SOS', colour: 'red', rhythm: 'sos', words: 'Red, SOS in Morse, then blinks', says: 'Its firmware crashed. The number of blinks after the SOS tells how: write it below, like SOS 10.' },
  { light: 'blinking yellow', colour: 'yellow', rhythm: 'slow', words: 'Blinking yellow', says: 'DFU mode: exactly what is needed to read its flash. Go on to the next step.' },
  { light: 'no light', colour: 'none', rhythm: 'dark', words: 'No light at all', says: 'No power, or no bootloader runs. Try another cable and port first; a device that stays dark cannot be read this way.' },
];

const systemOf = platform => (/win/i.test(platform) ? 'Windows' : /mac|iphone|ipad/i.test(platform) ? 'macOS' : /android/i.test(platform) ? 'Android' : 'Linux');

/// When the browser's list of devices stays empty, the likeliest first.
const emptyList = {
  all: [
    'Is the light blinking yellow now? Any other light: the device is not in DFU mode. Do the three steps above again.',
    'Take another USB cable. Many cables only charge, and look no different.',
    'Plug it into a USB port of the computer itself, without a hub, and not through a virtual machine.',
  ],
  Windows: [
    'Windows needs the driver WinUSB. Devices whose system is 0.6.1 or newer bring it along; for older ones run Zadig (zadig.akeo.ie) while the light blinks yellow: Options, List All Devices, choose the one whose name ends in "DFU Mode", driver WinUSB, Install.',
    'Another driver in the way? In the Device Manager, uninstall the device with "Delete the driver software" ticked, and plug it in again.',
  ],
  macOS: ['Close other programs that may hold the device: the Particle CLI, a virtual machine.'],
  Linux: ['Linux lets nobody but root open the device until a rule allows it. These lines, typed once into a terminal, install it; then unplug the device and plug it in again:'],
  Android: ['The telephone must supply the device with power: use an OTG adapter, and a powered hub if the light stays dark.'],
};

const outcomeWords = {
  'healthy': ['Healthy', 'good'], 'attention': ['Attention', 'warn'], 'cloud-fails': ['Cloud connection fails', 'bad'], 'safe-mode': ['Safe mode', 'bad'],
  'boot-fails': ['Does not start', 'bad'], 'bad-capture': ['Bad capture', 'bad'],
};
