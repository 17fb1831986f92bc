import { register as registerHooks } from 'node:module';
import { builtModules } from './importable.ts';

let registered = false;

/**
 * Modules that are imported from now on may be TypeScript. What they import of Millrace is what runs already, also where
 * that is a build: an error that they throw is of a class that it knows. Does nothing where the sources run as they are.
 */
export async function registerTypeScript(): Promise<void> {
  const built = builtModules();
  if (registered || Object.keys(built).length === 0) return;
  registered = true;
  const { register } = await import('tsx/esm/api');
  register();
  registerHooks('./built-hook.mjs', import.meta.url, { data: built });
}
