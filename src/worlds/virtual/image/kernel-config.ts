// Whether a kernel has what lab machines need, from the text of its configuration and of its modules.dep.

import { kernelOptions } from './recipe/packages.ts';

/** Options that the kernel lacks, as one would write them in its configuration; empty: it has all. */
export const missingOptions = (config: string, wanted = kernelOptions): readonly string[] => {
  const values = new Map([...config.matchAll(/^CONFIG_(\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));
  return wanted
    .filter(({ name, builtIn }) => values.get(name) !== 'y' && (builtIn || values.get(name) !== 'm'))
    .map(({ name, builtIn }) => `CONFIG_${name}=${builtIn ? 'y' : 'm'}`);
};

/**
 * Files of the named modules and of all that they need, sorted. `dep` is modules.dep, which lists what a module needs
 * transitively (depmod(8)). Modules that are built in have no file; `builtIn` is modules.builtin.
 * @throws Error naming the modules that are neither
 */
export const moduleFiles = (names: readonly string[], { dep, builtIn }: { readonly dep: string; readonly builtIn: string }): readonly string[] => {
  const needs = new Map(dep.split('\n').filter(Boolean).map((line) => {
    const [file = '', rest = ''] = line.split(':');
    return [nameOf(file), [file, ...rest.split(' ').filter(Boolean)]] as const;
  }));
  const inside = new Set(builtIn.split('\n').map(nameOf));
  const absent = names.filter((name) => !needs.has(name) && !inside.has(name));
  if (absent.length > 0) throw new Error(`the kernel has no ${absent.join(', ')}`);
  return [...new Set(names.flatMap((name) => needs.get(name) ?? []))].sort();
};

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1).replace(/\.ko(\.\w+)?$/, '');
