import test from 'ava';
import { chooseMirror } from '../../../src/worlds/building/mirror.ts';

const targets = (...lines: readonly (readonly string[])[]): string => lines.map((fields) => `${fields.join('\t')}\n`).join('');

const cases: readonly { readonly title: string; readonly text: string; readonly mirror: string | null }[] = [
  { title: 'the mirror of a Debian host', text: targets(['http://mirror.example/debian/', 'bookworm', 'main', 'Debian'], ['http://mirror.example/debian/', 'bookworm-updates', 'main', 'Debian']), mirror: 'http://mirror.example/debian/' },
  { title: 'security comes first', text: targets(['http://mirror.example/debian-security/', 'trixie-security', 'main', 'Debian'], ['http://mirror.example/debian/', 'trixie', 'main', 'Debian']), mirror: 'http://mirror.example/debian/' },
  { title: 'updates and backports are not whole releases', text: targets(['http://one.example/debian/', 'trixie-updates', 'main', 'Debian'], ['http://two.example/debian/', 'trixie-backports', 'main', 'Debian']), mirror: null },
  { title: 'before the first update no origin is known', text: targets(['https://mirror.example/debian/', 'trixie', 'main', '$(ORIGIN)']), mirror: 'https://mirror.example/debian/' },
  { title: "another's packages", text: targets(['https://packages.example/apt/', 'nodistro', 'main', 'Node'], ['https://other.example/pve/', 'trixie', 'pve-no-subscription', 'Proxmox']), mirror: null },
  { title: "another's packages before Debian's", text: targets(['https://packages.example/apt/', 'nodistro', 'main', ''], ['file:/srv/debian/', 'trixie', 'main', 'Debian']), mirror: 'file:/srv/debian/' },
  { title: 'only a component beside main', text: targets(['http://mirror.example/debian/', 'trixie', 'contrib', 'Debian']), mirror: null },
  { title: 'media that are put into a drive', text: targets(['cdrom://disc/', 'trixie', 'main', 'Debian']), mirror: null },
  { title: 'nothing at all', text: '', mirror: null },
];

for (const { title, text, mirror } of cases) {
  test(`mirror: ${title}`, (t) => t.is(chooseMirror(text), mirror));
}
