// What tests of the lab switches' engines share.

import { readFileSync } from 'node:fs';

export const groups = [{ name: 'pve1', ports: ['swp1', 'swp2'] }, { name: 'pve2', ports: ['swp3', 'swp4'] }, { name: 'pve3', ports: ['swp5', 'swp6'] }];
export const allPorts = groups.flatMap(({ ports }) => ports);

export const captured = (path: string): string => readFileSync(new URL(`../captured/${path}`, import.meta.url), 'utf8');
