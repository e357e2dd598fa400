/** Of each entry of the queue, in pixels: the list counts with it. */
export const ROW_HEIGHT = 68
