/** Set where this runs from a build (cli/build.mjs): its folder in dist/, and the file of each source that may be asked for. */
declare const BUILT: { name: string; files: { [source: string]: string } } | undefined;

const root = new URL('../../', import.meta.url);
const built = typeof BUILT === 'undefined' ? undefined : BUILT;

/**
 * What to import for a module that is found by its path at run time: its build where this runs from one, so that it shares
 * its classes with the rest; otherwise the source itself, as also for what isn't ours.
 */
export function importable(source: URL): URL {
  const file = source.href.startsWith(root.href) ? built?.files[source.href.slice(root.href.length)] : undefined;
  return file === undefined ? source : new URL(`dist/${built!.name}/${file}`, root);
}

/** Sources that have a build, by URL, with the build's. */
export function builtModules(): { [source: string]: string } {
  return Object.fromEntries(
    Object.keys(built?.files ?? {})
      .map((path) => new URL(path, root))
      .map((source) => [source.href, importable(source).href]),
  );
}
