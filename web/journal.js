// The journal of a repair, on a medium that outlasts the page: the browser's own database. It holds which steps were begun and done, no key and no id, and is
// gone when the repair is done.
'use strict';

const journalPlace = { database: 'photopsy', store: 'repair', key: 'journal' };

function openJournal() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(journalPlace.database, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(journalPlace.store);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error || new Error('the database of the browser is in use'));
  });
}

/// Done when the medium has it.
async function inJournal(mode, act) {
  const database = await openJournal();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(journalPlace.store, mode, { durability: 'strict' });
      const asked = act(transaction.objectStore(journalPlace.store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/// What is kept of a repair that was begun: {text, when, files, steps}; undefined where there is none, or the browser keeps nothing.
const keptJournal = () => inJournal('readonly', store => store.get(journalPlace.key)).catch(() => undefined);
const keepJournal = kept => inJournal('readwrite', store => store.put(kept, journalPlace.key)).then(() => true, () => false);
const forgetJournal = () => inJournal('readwrite', store => store.delete(journalPlace.key)).catch(() => undefined);
