// Reads `ip -d -j link show` as far as a switch is asked about (iproute2 ip/ipaddress.c, ip/iplink_bond.c, ip/iplink_bond_slave.c).

export interface Link {
  readonly name: string;
  /** Administratively up, and with carrier. */
  readonly up: boolean;
  readonly master: string | null;
  readonly kind: string | null;
  /** Bonds only. */
  readonly bond: { readonly mode: string; readonly lacpRate: string | null } | null;
  /** Slaves of bonds only; `lacp` for those of 802.3ad. */
  readonly slave: { readonly miiUp: boolean; readonly lacp: { readonly actor: number; readonly partner: number } | null } | null;
}

/** Throws for text that is not of this kind, with the text. */
export const parseLinks = (stdout: string): readonly Link[] => {
  const shown = parsed(stdout);
  if (!Array.isArray(shown)) throw new Error(`ip -j link show did not print a list: ${stdout.slice(0, 200)}`);
  return shown.map(linkOf);
};

const parsed = (stdout: string): unknown => {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`ip -j link show did not print JSON: ${stdout.slice(0, 200)}`, { cause: error });
  }
};

/** An object of JSON whose values are not known yet. */
type Fields = Readonly<Record<string, unknown>>;

const linkOf = (shown: unknown): Link => {
  const link = fields(shown);
  const { ifname, flags, master } = link;
  if (typeof ifname !== 'string' || !Array.isArray(flags)) throw new Error(`ip -j link show printed a link without name or flags: ${JSON.stringify(shown).slice(0, 200)}`);
  const info = fields(link['linkinfo']);
  const [kind, slaveKind] = [textOf(info['info_kind']), textOf(info['info_slave_kind'])];
  return {
    name: ifname,
    // LOWER_UP is carrier (include/uapi/linux/if.h IFF_LOWER_UP).
    up: flags.includes('UP') && flags.includes('LOWER_UP'),
    master: textOf(master),
    kind,
    bond: kind === 'bond' ? bondOf(fields(info['info_data'])) : null,
    slave: slaveKind === 'bond' ? slaveOf(fields(info['info_slave_data'])) : null,
  };
};

const bondOf = (data: Fields): Link['bond'] => ({ mode: textOf(data['mode']) ?? 'unknown', lacpRate: textOf(data['ad_lacp_rate']) });

const slaveOf = (data: Fields): Link['slave'] => {
  const { mii_status, ad_actor_oper_port_state: actor, ad_partner_oper_port_state: partner } = data;
  return { miiUp: mii_status === 'UP', lacp: typeof actor === 'number' && typeof partner === 'number' ? { actor, partner } : null };
};

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
