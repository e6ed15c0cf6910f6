// Builds rtnetlink datagrams byte by byte, as uapi/linux/rtnetlink.h, if_link.h and pkt_sched.h lay them out (little endian).

export const u8 = (value: number): Buffer => Buffer.from([value]);
export const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
export const text = (value: string): Buffer => Buffer.from(`${value}\0`);
export const hex = (value: string): Buffer => Buffer.from(value.replaceAll(/[:\s]/g, ''), 'hex');

type Attribute = readonly [type: number, data: Buffer];

const padded = (data: Buffer): Buffer => Buffer.concat([data, Buffer.alloc(-data.length & 3)]);

export const attributes = (...all: readonly Attribute[]): Buffer =>
  Buffer.concat(all.map(([type, data]) => padded(Buffer.concat([u16(data.length + 4), u16(type), data]))));

export const message = (type: number, body: Buffer): Buffer => padded(Buffer.concat([u32(body.length + 16), u16(type), u16(0), u32(0), u32(0), body]));

export const newLink = 16;
export const deleteLink = 17;
export const newNeighbour = 28;
export const deleteNeighbour = 29;
export const newQdisc = 36;
export const deleteQdisc = 37;

/** struct ifinfomsg; flags: 1 up, 0x10000 lower up. */
export const linkMessage = (type: number, index: number, flags: number, attrs: readonly Attribute[], family = 0): Buffer =>
  message(type, Buffer.concat([u8(family), u8(0), u16(1), u32(index), u32(flags), u32(0), attributes(...attrs)]));

/** IFLA_LINKINFO of a bond, with IFLA_BOND_* inside. */
export const bondInfo = (...attrs: readonly Attribute[]): Attribute => [18, attributes([1, text('bond')], [2, attributes(...attrs)])];
/** IFLA_LINKINFO of a veth that is a bond's slave, with IFLA_BOND_SLAVE_* inside. */
export const slaveInfo = (...attrs: readonly Attribute[]): Attribute => [18, attributes([1, text('veth')], [4, text('bond')], [5, attributes(...attrs)])];

/** struct ndmsg of an IPv4 neighbour. */
export const neighbourMessage = (type: number, index: number, state: number, address: string, mac: string | null): Buffer =>
  message(type, Buffer.concat([u8(address.includes(':') ? 10 : 2), u8(0), u16(0), u32(index), u16(state), u8(0), u8(1), attributes([1, addressBytes(address)], ...(mac === null ? [] : [[2, hex(mac)] as const]))]));

/** IPv4, or all eight groups of IPv6. */
const addressBytes = (address: string): Buffer => (address.includes(':') ? hex(address.split(':').map((group) => group.padStart(4, '0')).join('')) : Buffer.from(address.split('.').map(Number)));

/** struct tcmsg and, for netem, struct tc_netem_qopt. */
export const qdiscMessage = (type: number, index: number, kind: string, handle: number, parent: number, loss: number | null): Buffer =>
  message(type, Buffer.concat([
    u8(0), u8(0), u16(0), u32(index), u32(handle), u32(parent), u32(2),
    attributes([1, text(kind)], ...(loss === null ? [] : [[2, Buffer.concat([u32(0), u32(1000), u32(loss), u32(0), u32(0), u32(0)])] as const])),
  ]));
