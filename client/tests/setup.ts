// Dexie looks for IndexedDB once, when it is loaded; so it must be there before any test file imports anything.
import "fake-indexeddb/auto";
