/** The effects of a link on frames in one direction. */
export interface LinkRule {
  /** Nothing passes, and nobody is told. */
  readonly isCut: boolean;
  /** Share of frames that are lost, 0 to 1. */
  readonly loss: number;
  readonly delayMs: number;
}

export const NO_RULE: LinkRule = { isCut: false, loss: 0, delayMs: 0 };
export const CUT: LinkRule = { ...NO_RULE, isCut: true };

/** One direction between two members. */
export interface DirectedLink {
  readonly from: number;
  readonly to: number;
}

/** An order to the switch, which answers with the serial number once it is carried out. */
export interface SwitchOrder {
  readonly serial: number;
  readonly links: readonly (DirectedLink & { readonly rule: LinkRule })[];
}

/** Ends of the cable between the cards and the switch: the kernel drops VXLAN frames to an address of its own. */
export const CARDS_HOST = '10.0.0.1';
export const SWITCH_HOST = '10.0.0.2';

/** Where every card takes frames from the switch, told apart by the network identifier; the usual port of VXLAN. */
export const CARDS_PORT = 4789;

/** Where the switch takes the frames of one member. */
export function switchPort(index: number): number {
  return 5_000 + index;
}

/** VXLAN network identifier of the card of one member. */
export function networkId(index: number): number {
  return index + 1;
}

/** The port that members listen on, each on a card of its own. */
export const MEMBER_PORT = 9_000;

/** The one flat network that the members know of, on which each has one card. */
export function cardOf(index: number) {
  const host = index + 1;
  const ip = `10.77.0.${host}`;
  const mac = `02:00:00:00:00:${host.toString(16).padStart(2, '0')}`;
  return { ip, mac, address: `/ip4/${ip}/tcp/${MEMBER_PORT}` } as const;
}

/** The listen address: every address that the card may get. */
export const LISTEN_ADDRESS = `/ip4/0.0.0.0/tcp/${MEMBER_PORT}`;

/** Every direction from one group to the other. */
export function linksBetween(from: readonly number[], to: readonly number[]): readonly DirectedLink[] {
  return from.flatMap((a) => to.filter((b) => b !== a).map((b) => ({ from: a, to: b })));
}
