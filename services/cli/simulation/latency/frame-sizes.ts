/** A message without a certificate, and one with some: a cost is a line through the two. */
export const FRAME_BYTES = { small: 256, large: 256 * 1024 } as const;

/** Frames of one sample. */
export const FRAMES = 24;
