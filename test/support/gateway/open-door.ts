/** The answers of a network listener that lets everybody in. */
export const OPEN_DOOR = { mayConnect: () => true, isPeerHost: () => true, isBusy: () => false } as const;
