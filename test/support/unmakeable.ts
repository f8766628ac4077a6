/** Whatever is made here is refused with ENOENT, which Node's own way of making folders takes for "the one above is missing", without end. */
export const UNMAKEABLE = '/proc/vaxel/deep';
