/** An address or a network as written: 192.0.2.0/24 or 2001:db8::/32. */
interface Network {
  readonly address: bigint;
  readonly size: 32n | 128n;
  /** How many bits all its addresses have in common. */
  readonly bits: bigint;
}

/** The network that an address with a length lies in, where it is not the network's own: 10.0.0.0/8 for 10.0.0.1/8, else null. Takes a valid one. */
export function networkAround(written: string): string | null {
  const network = read(written);
  const first = firstOf(network);
  return first === network.address ? null : `${network.size === 32n ? v4Text(first) : v6Text(first)}/${network.bits}`;
}

/** What is wrong with a trunk's address, null when nothing is: whoever writes 10.0.0.1/8 may mean one address or sixteen million. */
export function addressFault(written: string): { readonly what: string; readonly fix: string } | null {
  const network = networkAround(written);
  if (network === null) return null;
  return { what: `"${written}" is one address of a network, with the length of the network`, fix: `write ${written.split('/')[0] ?? ''} for that address, or ${network} for all ${2n ** (read(written).size - read(written).bits)} of the network` };
}

function read(written: string): Network {
  const [address = '', length] = written.split('/');
  const size = address.includes(':') ? 128n : 32n;
  return { address: size === 32n ? v4(address) : v6(address), size, bits: length === undefined ? size : BigInt(length) };
}

const firstOf = ({ address, size, bits }: Network): bigint => (address >> (size - bits)) << (size - bits);

const joined = (parts: readonly bigint[], width: bigint): bigint => parts.reduce((sum, part) => (sum << width) + part, 0n);

const v4 = (text: string): bigint => joined(text.split('.').map(BigInt), 8n);

/** RFC 4291 section 2.2: `::` stands for as many zeros as are missing, and the last 32 bits may be written as an IPv4 address. */
function v6(text: string): bigint {
  const [head = '', tail] = text.replace(/\d+\.\d+\.\d+\.\d+$/, (end) => `${(v4(end) >> 16n).toString(16)}:${(v4(end) & 0xffffn).toString(16)}`).split('::');
  const groups = (part = ''): bigint[] => part.split(':').filter((group) => group !== '').map((group) => BigInt(`0x${group}`));
  const [front, back] = [groups(head), groups(tail)];
  return joined([...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0n), ...back], 16n);
}

const partsOf = (address: bigint, count: number, width: bigint): readonly bigint[] => Array.from({ length: count }, (_, at) => (address >> (width * BigInt(count - 1 - at))) & ((1n << width) - 1n));

const v4Text = (address: bigint): string => partsOf(address, 4, 8n).join('.');

/** The first address of a network ends in zeros. */
const v6Text = (address: bigint): string => partsOf(address, 8, 16n).map((group) => group.toString(16)).join(':').replace(/(?:(?:^|:)0)+$/, '::');
