#!/usr/bin/env node
// The sources are TypeScript and run as they are, through tsx.
import { register as registerHook } from 'node:module';
import { register } from 'tsx/esm/api';
import { typeboxBundles } from './typebox-bundle.mjs';

register();
const bundles = typeboxBundles();
if (bundles) registerHook('./resolve-hook.mjs', import.meta.url, { data: bundles });
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
// All is done and said. What still holds the process is a connection that an engine's client has lost sight of.
setTimeout(() => process.exit(), 1000).unref();
