#!/usr/bin/env node
// Runs the build of the sources in dist/, made anew where they have changed. Where it can't be written, the sources run as
// they are, through tsx, and only the start takes longer.
import { builtMain } from './built.mjs';

process.setSourceMapsEnabled(true);
const { main } = await import(builtMain() ?? (await rebuilt()) ?? (await sources()));
process.exitCode = await main(process.argv.slice(2));
// All is done and said. What still holds the process is a connection that an engine's client has lost sight of.
setTimeout(() => process.exit(), 1000).unref();

async function rebuilt() {
  try {
    const { makeBuild } = await import('./build.mjs');
    await makeBuild();
    return builtMain();
  } catch (error) {
    if (error?.syscall === 'mkdir') return undefined;
    throw error;
  }
}

async function sources() {
  const { register } = await import('tsx/esm/api');
  register();
  return './main.ts';
}
