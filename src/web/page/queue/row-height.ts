/** Height of a row of the queue in pixels, as in queue.css: the list computes positions with it. */
export const ROW_HEIGHT = 68
