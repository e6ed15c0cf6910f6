// One scenario for each mode that balances load: its default, with the lab's class partial.

export const scenarioOf = {
  'balance-rr': 'balance-rr', 'balance-xor': 'balance-xor', '802.3ad': '802.3ad/slow-slow', 'balance-tlb': 'balance-tlb', 'balance-alb': 'balance-alb',
} as const;

export const balancing: readonly string[] = Object.values(scenarioOf);
