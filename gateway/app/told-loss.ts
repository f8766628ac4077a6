/** Whether an adapter failed for want of its connection, whose loss it tells of itself: once for all that fails by it. */
export const isToldLoss = (error: unknown): boolean => error instanceof Error && error.name === 'NotConnected';
