// One scenario as a YAML document: read as lab files are, with all mistakes told at once; and written.

import { Document } from 'yaml';

import { arpModes, bondModes, detectorOf, portsOf, type BondConfig, type BondMode, type PortsConfig, type Scenario } from '../model/scenario.ts';
import { mistakesOf, readDocument } from './document.ts';
import { nearest, type Mistake } from './mistake.ts';
import { qdeviceWrong } from './qdevice.ts';
import { scenarioSchema, type ScenarioForm } from './scenario-schema.ts';
import { shown, valueAt } from './value.ts';
import type { Path, YamlText } from './yaml-text.ts';

export interface ScenarioFileContext {
  /** The file's name, as the user gave it; errors begin with it. */
  readonly file: string;
  /** Names of the faults there are. */
  readonly faults: readonly string[];
}

/** Throws one Problem for all that is wrong. */
export const loadScenario = (text: string, { file, faults }: ScenarioFileContext): Scenario => {
  const { yaml, fail } = readDocument(text, file, 'a map with name, summary, bond and fault');
  const form = scenarioSchema.safeParse(yaml.data);
  const mistakes = [...mistakesOf(form, yaml), ...contradictions(yaml, faults)];
  return form.success && mistakes.length === 0 ? scenarioOf(form.data) : fail(mistakes);
};

const scenarioOf = ({ lab, bond, ports, detector, forMs, neighbours, also, ...form }: ScenarioForm): Scenario => {
  const known = { ...form, bond: bondConfig(bond), ...also !== undefined && { also } };
  const shape = given(lab ?? {});
  return {
    ...known, ports: portsConfig(bond.mode, ports), detector: detector ?? detectorOf(known),
    ...forMs !== undefined && { forMs }, ...neighbours !== undefined && { neighbours }, ...Object.keys(shape).length > 0 && { lab: shape },
  };
};

const bondConfig = ({ lacpRate, miimonMs, options, ...bond }: ScenarioForm['bond']): BondConfig => ({
  ...bond, miimonMs: miimonMs ?? (options?.arpMonitor === undefined ? 100 : 0), ...lacpRate !== undefined && { lacpRate },
  ...options !== undefined && { options: given(options) },
});

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

const given = <T extends object>(form: T): Given<T> => Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined)) as Given<T>;

const portsConfig = (mode: ScenarioForm['bond']['mode'], ports: ScenarioForm['ports']): PortsConfig => {
  const kind = ports?.kind ?? portsOf(mode);
  return kind === 'lacp' ? { kind, rate: ports?.rate ?? 'slow', ...ports?.switches !== undefined && { switches: ports.switches } } : { kind };
};

/** The text that `loadScenario` makes the same of, after comments: a line each. */
export const scenarioText = (scenario: Scenario, comments: readonly string[] = []): string => {
  const { name, summary, bond: { miimonMs, ...bond }, ports, neighbours, fault, target, also, ha, detector, forMs, lab } = scenario;
  const document = new Document({ name, summary, bond: { ...bond, ...miimonMs > 0 && { miimonMs } }, ports, ...neighbours !== undefined && { neighbours }, fault, target, ...also !== undefined && { also }, ha, detector, ...forMs !== undefined && { forMs }, ...lab !== undefined && { lab } });
  return `${comments.map((line) => `${`# ${line}`.trimEnd()}\n`).join('')}${document.toString({ lineWidth: 0 })}`;
};

/** bond_options.c, `unsuppmodes`; the kernel's min_links counts for 802.3ad alone (bonding.rst). */
const optionModes: Readonly<Record<string, readonly BondMode[]>> = { coupledControl: ['802.3ad'], arpMonitor: arpModes, minLinks: ['802.3ad'], tlbDynamicLb: ['balance-tlb'] };

/** What no schema sees: values that are well formed and do not fit each other. */
const contradictions = (yaml: YamlText, faults: readonly string[]): readonly Mistake[] => {
  const { data } = yaml;
  const at = (...path: Path): unknown => valueAt(data, path);
  const mistake = (path: Path, found: string, right: string): readonly Mistake[] => [{ offset: yaml.offsetOf(path), found, right }];
  const [mode, name, fault, kind, nodes, places] = [at('bond', 'mode'), at('name'), at('fault'), at('ports', 'kind'), at('lab', 'nodes'), at('also', 'placesAfter')];
  const lacp = mode === '802.3ad';
  const named = bondModes.find((one) => one === mode);
  const known = named !== undefined;
  const noQdevice = at('lab', 'qdevice') === undefined ? null : qdeviceWrong({ nodes, ipVersion: at('lab', 'ipVersion') });
  return [
    ...known && typeof name === 'string' && !['control', mode].includes(name.split('/')[0]) ? mistake(['name'], `name is ${shown(name)}, and the mode ${shown(mode)}`, `a name that begins with ${named}/, or with control/ for what everything must survive`) : [],
    ...known && !lacp && at('bond', 'lacpRate') !== undefined ? mistake(['bond', 'lacpRate'], `lacpRate with mode ${shown(mode)}`, 'no lacpRate, or mode 802.3ad') : [],
    ...Object.entries(optionModes).flatMap(([option, modes]) => (known && !modes.includes(named) && at('bond', 'options', option) !== undefined
      ? mistake(['bond', 'options', option], `${option} with mode ${shown(mode)}`, `no ${option}, or mode ${modes.join(' or ')}`) : [])),
    ...at('bond', 'options', 'arpMonitor') !== undefined && at('bond', 'miimonMs') !== undefined ? mistake(['bond', 'miimonMs'], 'miimonMs with an arpMonitor', 'one of the two: the kernel has no bond with both') : [],
    ...known && kind !== undefined && (kind === 'lacp') !== lacp ? mistake(['ports', 'kind'], `ports of kind ${shown(kind)} with mode ${shown(mode)}`, lacp ? 'kind lacp' : 'kind plain or static') : [],
    ...kind !== undefined && kind !== 'lacp' && at('ports', 'rate') !== undefined ? mistake(['ports', 'rate'], `a rate with ports of kind ${shown(kind)}`, 'no rate, or kind lacp') : [],
    ...kind !== undefined && kind !== 'lacp' && at('ports', 'switches') !== undefined ? mistake(['ports', 'switches'], `switches with ports of kind ${shown(kind)}`, 'no switches, or kind lacp') : [],
    ...typeof fault === 'string' && !faults.includes(fault) ? mistake(['fault'], `fault is ${shown(fault)}, which there is not`, nearest(fault, faults) ?? `one of ${faults.join(', ')}`) : [],
    ...fault === 'switch-rate-slow' && !(kind === 'lacp' && at('ports', 'rate') === 'fast') ? mistake(['fault'], 'fault switch-rate-slow, with ports whose rate is not fast', 'ports of kind lacp and rate fast, or another fault') : [],
    ...[['target'], ['also', 'target']].flatMap((path) => (known && mode !== 'active-backup' && !(lacp && at('ports', 'switches') === 2) && (at(...path) === 'active' || at(...path) === 'backup')
      ? mistake(path, `target is ${shown(at(...path))} with mode ${shown(mode)}`, `first${path.length > 1 ? ', second' : ''}, or mode active-backup, or LACP over two switches`) : [])),
    ...typeof nodes === 'number' && typeof places === 'number' && places >= nodes ? mistake(['also', 'placesAfter'], `placesAfter is ${shown(places)} of ${shown(nodes)} nodes`, `1 to ${nodes - 1}`) : [],
    ...victimOf(at('lab', 'victim')) > (typeof nodes === 'number' ? nodes : Infinity) ? mistake(['lab', 'victim'], `victim is ${shown(at('lab', 'victim'))} of ${shown(nodes)} nodes`, `one of pve1 to pve${shown(nodes)}`) : [],
    ...typeof nodes === 'number' && nodes < 3 && at('lab', 'class') === 'partial' ? mistake(['lab', 'class'], `class is "partial" with ${nodes} nodes`, '3 nodes or more, or class none or isolated') : [],
    ...noQdevice !== null ? mistake(['lab', 'qdevice'], noQdevice.found, noQdevice.right) : [],
  ];
};

const victimOf = (name: unknown): number => typeof name === 'string' ? Number(/^pve(\d{1,2})$/.exec(name)?.[1] ?? 0) : 0;
