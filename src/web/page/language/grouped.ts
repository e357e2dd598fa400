/**
 * A whole number with a separator between thousands. Written by hand, since the first number that `Intl` formats
 * blocks a slow phone for 100 ms, and that would be when the first song is added.
 */
export const grouped = (count: number, apart: ',' | '.'): string =>
  String(count).replace(/\B(?=(?:\d{3})+$)/g, apart)
