#!/usr/bin/env node
// Checks everything in ops/ that can be checked without running it, and says what it skipped and why.
//   node ops/check.mjs            with the tools that are installed
//   node ops/check.mjs --fetch    those that are not are taken from the Go proxy and PyPI, into caches outside the checkout
import { register } from 'tsx/esm/api';

register();
const { check } = await import('./checks/main.ts');
process.exitCode = await check(process.argv.includes('--fetch'));
