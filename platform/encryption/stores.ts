import type { EncryptedStore } from './store-key.ts';

// The embedded stores, each by its place in a data folder.

export function lmdbStore(folder: string): EncryptedStore {
  return { name: 'lmdb', data: `${folder}/data.mdb`, mark: `${folder}/encrypted` };
}

export function directoryStore(file: string): EncryptedStore {
  return { name: 'directory', data: file, mark: `${file}.encrypted` };
}

export function searchStore(folder: string): EncryptedStore {
  return { name: 'search', data: `${folder}/search.json`, mark: `${folder}/encrypted` };
}

export function objectsStore(folder: string): EncryptedStore {
  return { name: 'objects', data: `${folder}/.unfinished`, mark: `${folder}/.encrypted` };
}
