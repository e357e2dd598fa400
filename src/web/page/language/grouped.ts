/**
 * A whole number as a language writes it, its thousands apart. By hand: the first number that `Intl` writes
 * keeps a slow phone for a tenth of a second, and that would be with the first song that is added.
 */
export const grouped = (count: number, apart: ',' | '.'): string =>
  String(count).replace(/\B(?=(?:\d{3})+$)/g, apart)
